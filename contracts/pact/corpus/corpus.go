package corpus

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Situation is one pact, and answers to it with the verdict that is right for each.
type Situation struct {
	Name                string `json:"-"` // of its folder
	Dir                 string `json:"-"`
	Why                 string // the source of the verdict
	Provider            string
	Path                string // of the pact, or of a folder of pacts, below the situation's folder; "": pact.json
	AcceptDuplicateKeys bool
	Variants            []Variant
}

// Variant is one behaviour of the provider.
type Variant struct {
	Name string
	Want string   // pass, fail or unknown; several with | between them
	Says []string // what the report must contain

	Status  int // zero: 200
	Headers [][2]string
	Body    string
	Body64  string // the body in base64
	Size    int    // the body is repeated up to this many bytes

	// What the request must be; otherwise the answer is 400.
	Target string // a pattern for the request target; QUERY: and a JSON object for its query
	Host   string
	Header map[string]string
	Req    string // a pattern for the body

	Message  *string                   // the message that the provider sends; nil: none
	Metadata map[string]any            // of the message
	States   map[string]map[string]any // by name, with the values that are returned; "param:x" returns a parameter
	Prefix   string                    // path of the provider's URL
}

// Load reads every situation of a folder, in the order of their names.
func Load(folder string) ([]Situation, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "case.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("corpus %s: no situation (NAME/case.json)", folder)
	}
	var all []Situation
	var failed []error
	for _, file := range files {
		s, err := load(file)
		if err != nil {
			failed = append(failed, fmt.Errorf("situation %s: %w", file, err))
		}
		all = append(all, s)
	}
	return all, errors.Join(failed...)
}

func load(file string) (Situation, error) {
	s := Situation{Dir: filepath.Dir(file), Name: filepath.Base(filepath.Dir(file))}
	text, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&s); err != nil {
		return s, err
	}
	if len(s.Variants) == 0 {
		return s, errors.New("it has no variant")
	}
	return s, nil
}

// Pact is the path of the pact, or of the folder of pacts.
func (s Situation) Pact() string {
	if s.Path == "" {
		return filepath.Join(s.Dir, "pact.json")
	}
	return filepath.Join(s.Dir, s.Path)
}

// Wants reports whether a verdict is right.
func (v Variant) Wants(verdict string) bool {
	return strings.Contains("|"+v.Want+"|", "|"+verdict+"|")
}

// Answer is the body of the provider's answer.
func (v Variant) Answer() []byte {
	body := []byte(v.Body)
	if v.Body64 != "" {
		body, _ = base64.StdEncoding.DecodeString(v.Body64)
	}
	for len(body) > 0 && len(body) < v.Size {
		body = append(body, body[:min(len(body), v.Size-len(body))]...)
	}
	return body
}

// Content is the body of the message that the provider sends.
func (v Variant) Content() []byte {
	if v.Body64 != "" {
		return v.Answer()
	}
	return []byte(*v.Message)
}

// Values returns what the function of a state returns for the pact's parameters.
func (v Variant) Values(state string, params map[string]any) map[string]any {
	values := map[string]any{}
	for name, value := range v.States[state] {
		if text, ok := value.(string); ok {
			if param, ok := strings.CutPrefix(text, "param:"); ok {
				value = params[param]
			}
		}
		values[name] = value
	}
	return values
}
