package pact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verification"
)

// file is one pact that was read.
type file struct {
	Document
	provider     string
	major        int // of the Pact specification
	whole        map[string]json.RawMessage
	interactions []verification.Interaction
	raw          []rawInteraction // the same, in the same order
}

func read(d Document) (*file, error) {
	f := &file{Document: d}
	if err := f.parse(d.Text); err != nil {
		return nil, fmt.Errorf("pact %s: %w", d.Name, err)
	}
	return f, nil
}

func (f *file) parse(text []byte) error {
	var head struct {
		Consumer, Provider struct{ Name string }
		Metadata           struct {
			PactSpecification  struct{ Version string }
			PactSpecification1 struct{ Version string } `json:"pact-specification"`
			Plugins            []struct{ Name string }
		}
	}
	if err := json.Unmarshal(text, &head); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return fmt.Errorf("line %d: %w", line(text, syntax.Offset), err)
		}
		return err
	}
	if err := json.Unmarshal(text, &f.whole); err != nil {
		return err
	}
	if head.Consumer.Name == "" || head.Provider.Name == "" {
		return errors.New("it is no pact: it must name a consumer and a provider")
	}
	if len(head.Metadata.Plugins) > 0 {
		return fmt.Errorf("it needs the plugin %q, and plugins are not supported", head.Metadata.Plugins[0].Name)
	}
	f.provider = head.Provider.Name
	version := head.Metadata.PactSpecification.Version
	if version == "" {
		version = head.Metadata.PactSpecification1.Version
	}
	major, _, _ := strings.Cut(version, ".")
	f.major, _ = strconv.Atoi(major)
	if f.major < 1 || f.major > 4 {
		return fmt.Errorf("specification version %q is not supported: want 1 to 4 in metadata.pactSpecification.version", version)
	}
	for _, key := range []string{"interactions", "messages"} {
		if err := f.readInteractions(text, key, head.Consumer.Name); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if len(f.interactions) == 0 {
		return errors.New("it has no interaction")
	}
	return nil
}

func (f *file) readInteractions(text []byte, key, consumer string) error {
	if f.whole[key] == nil {
		return nil
	}
	var raw []rawInteraction
	if err := json.Unmarshal(f.whole[key], &raw); err != nil {
		return err
	}
	lines := elementLines(text, key)
	for n, r := range raw {
		i := verification.Interaction{
			Consumer: consumer, Provider: f.provider, Description: r.text("description"),
			Message: key == "messages" || r.text("type") == "Asynchronous/Messages" || r.text("type") == synchronous,
			Pact:    f.Name, Pending: f.Pending, ID: r.text("_id"),
		}
		if n < len(lines) {
			i.Line = lines[n]
		}
		if r.text("type") == synchronous {
			if err := oneAnswer(r); err != nil {
				return fmt.Errorf("line %d: %w", i.Line, err)
			}
		}
		if states := r["providerStates"]; states != nil {
			if err := exactly(states, &i.States); err != nil {
				return fmt.Errorf("line %d: providerStates: %w", i.Line, err)
			}
		} else if name := r.text("providerState"); name != "" {
			i.States = []verification.State{{Name: name}}
		}
		f.interactions = append(f.interactions, i)
		f.raw = append(f.raw, r)
	}
	return nil
}

// exactly decodes with every number as it is written, as a json.Number.
func exactly(raw json.RawMessage, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(v)
}

// write writes a copy of the pact to dir for the verifier, with the interactions that index numbers. Each is named by
// its number and asks for one state of that name, so what the verifier does can be matched to the
// interaction, even when two have one description. The real states are set up by the state server.
func (f *file) write(dir string, numbers map[int]int) (string, error) {
	var http, messages []rawInteraction
	for n, r := range f.raw {
		number, ok := numbers[n]
		if !ok {
			continue
		}
		name, err := json.Marshal(label(number))
		if err != nil {
			return "", err
		}
		c := rawInteraction{}
		for k, v := range r {
			switch k {
			case "providerStates", "providerState", "pending", "key", "_id":
			default:
				c[k] = v
			}
		}
		c["description"] = name
		if f.major < 3 {
			c["providerState"] = name
		} else {
			c["providerStates"] = json.RawMessage(`[{"name":` + string(name) + `}]`)
		}
		if f.interactions[n].Message && f.major < 4 {
			messages = append(messages, c)
		} else {
			http = append(http, c)
		}
	}
	whole := map[string]any{}
	for k, v := range f.whole {
		whole[k] = v
	}
	delete(whole, "interactions")
	delete(whole, "messages")
	if len(http) > 0 {
		whole["interactions"] = http
	}
	if len(messages) > 0 {
		whole["messages"] = messages
	}
	text, err := json.Marshal(whole)
	if err != nil {
		return "", err
	}
	// Two sources may hold files of one name.
	copied, err := os.CreateTemp(dir, "pact-*.json")
	if err != nil {
		return "", err
	}
	_, err = copied.Write(text)
	return copied.Name(), errors.Join(err, copied.Close())
}

// label names the interaction of a number to the verifier.
func label(number int) string { return "#" + strconv.Itoa(number) }

// number is the reverse of label.
func number(label string) (int, bool) {
	digits, ok := strings.CutPrefix(label, "#")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}

func line(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}

// elementLines gives the line on which each element of the top-level array key begins.
func elementLines(text []byte, key string) []int {
	d := json.NewDecoder(bytes.NewReader(text))
	var lines []int
	_, _ = d.Token() // {
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil
		}
		if name != key {
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				return nil
			}
			continue
		}
		_, _ = d.Token() // [
		for d.More() {
			var element json.RawMessage
			if d.Decode(&element) != nil {
				return nil
			}
			lines = append(lines, line(text, d.InputOffset()-int64(len(element))))
		}
		return lines
	}
	return nil
}
