package broker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// PactFile is a pact to publish.
type PactFile struct {
	Name               string // its path, for errors
	Content            []byte
	Consumer, Provider string // as the content names them
}

// ReadPacts reads the pact files at the places: a file, a folder, whose *.json files are all read, or a glob, in which
// ** is any number of folders. A place without a file, and a file that is not a pact, is an error; all of them are reported at once.
func ReadPacts(places ...string) ([]PactFile, error) {
	var all []PactFile
	var broken []error
	seen := map[string]bool{}
	for _, place := range places {
		names, err := filesAt(place)
		if err != nil {
			broken = append(broken, err)
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			file, err := readPact(name)
			if err != nil {
				broken = append(broken, err)
				continue
			}
			all = append(all, file)
		}
	}
	if len(places) == 0 {
		broken = append(broken, errors.New("no pact file, folder or glob is named"))
	}
	if len(broken) > 0 {
		return nil, usage("read the pacts", "%s", oneLine(errors.Join(broken...)))
	}
	return all, nil
}

func filesAt(place string) ([]string, error) {
	info, err := os.Stat(place)
	switch {
	case err == nil && !info.IsDir():
		return []string{filepath.Clean(place)}, nil
	case err == nil:
		names, err := filepath.Glob(filepath.Join(place, "*.json"))
		if err == nil && len(names) == 0 {
			err = fmt.Errorf("%s: the folder has no *.json file", place)
		}
		return names, err
	case !strings.ContainsAny(place, "*?["):
		return nil, fmt.Errorf("%s: there is no such file or folder", place)
	}
	names, err := doublestar.FilepathGlob(place, doublestar.WithFilesOnly())
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: the pattern matches no file", place)
	}
	slices.Sort(names)
	return names, err
}

func readPact(name string) (PactFile, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return PactFile{}, fmt.Errorf("%s: %w", name, err)
	}
	var pact struct {
		Consumer, Provider     struct{ Name string }
		Interactions, Messages []json.RawMessage
	}
	switch err := json.Unmarshal(content, &pact); {
	case err != nil:
		return PactFile{}, fmt.Errorf("%s is not a pact: %w", name, err)
	case pact.Consumer.Name == "" || pact.Provider.Name == "":
		return PactFile{}, fmt.Errorf("%s is not a pact: it must name a consumer and a provider", name)
	case len(pact.Interactions)+len(pact.Messages) == 0:
		return PactFile{}, fmt.Errorf("%s has no interactions: publishing it would promise nothing", name)
	}
	return PactFile{Name: name, Content: content, Consumer: pact.Consumer.Name, Provider: pact.Provider.Name}, nil
}

// same reports whether two files have the same JSON.
func (f PactFile) same(other PactFile) bool {
	var a, b bytes.Buffer
	return json.Compact(&a, f.Content) == nil && json.Compact(&b, other.Content) == nil && bytes.Equal(a.Bytes(), b.Bytes())
}
