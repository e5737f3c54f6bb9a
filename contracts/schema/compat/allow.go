package compat

import (
	"embed"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/contracts/textfile"
)

//go:embed allow.schema.json
var schemas embed.FS

// Allowed is a break that may be.
type Allowed struct {
	Schema    string `yaml:"schema"`    // the file of the keyword that refuses, or the end of its path
	Pointer   string `yaml:"pointer"`   // JSON Pointer to the keyword that refuses, as the break names it
	Member    string `yaml:"member"`    // the member that it demands; empty unless the break has one
	Direction string `yaml:"direction"` // backward or forward; empty is both
	Reason    string `yaml:"reason"`
	Until     string `yaml:"until"` // the last day on which it may be, such as 2026-12-31
}

// AllowList is a file of allowed breaks. A nil list allows nothing.
type AllowList struct {
	Path     string
	document *yamlfile.Document
	allowed  []Allowed
	used     map[int]bool
	expired  map[int]bool
	today    string
}

// ReadAllowList reads a file of allowed breaks. now decides which have expired.
func ReadAllowList(path string, now time.Time) (*AllowList, error) {
	text, err := textfile.Read(path, yamlfile.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read allowed breaks %s: %w", path, err)
	}
	rules, err := yamlfile.New(schemas, "allow.schema.json")
	if err != nil {
		return nil, fmt.Errorf("read allowed breaks: %w", err)
	}
	document, err := rules.Read(path, text)
	if err != nil {
		return nil, fmt.Errorf("read allowed breaks: %w", err)
	}
	list := &AllowList{Path: path, document: document, used: map[int]bool{}, expired: map[int]bool{}, today: now.Format(time.DateOnly)}
	var file struct {
		Allowed []Allowed `yaml:"allowed"`
	}
	if err := document.Decode(&file); err != nil {
		return nil, fmt.Errorf("read allowed breaks: %w", err)
	}
	list.allowed = file.Allowed
	return list, nil
}

// find returns why a break may be, or nil. An entry that has expired allows nothing.
func (l *AllowList) find(b Break) *Allowed {
	if l == nil {
		return nil
	}
	for i, a := range l.allowed {
		if a.Direction != "" && a.Direction != b.Direction.String() || !l.names(a, b) {
			continue
		}
		l.used[i] = true
		if a.Until < l.today {
			l.expired[i] = true
			continue
		}
		return &a
	}
	return nil
}

// names reports whether an entry names the place of a break.
func (l *AllowList) names(a Allowed, b Break) bool {
	file, end := "/"+filepath.ToSlash(b.Refusing.File), "/"+filepath.ToSlash(filepath.Clean(a.Schema))
	return a.Pointer == b.Pointer() && a.Member == b.Member && strings.HasSuffix(file, end)
}

// Remarks returns the entries that have expired, although a break needs them, and those that no break needed.
func (l *AllowList) Remarks() (expired, unused []string) {
	if l == nil {
		return nil, nil
	}
	for i, a := range l.allowed {
		at := l.document.Mistake(fmt.Sprintf("allowed[%d]", i), "%s#%s", a.Schema, a.Pointer)
		switch {
		case l.expired[i]:
			expired = append(expired, fmt.Sprintf("%v was allowed until %s (%s): mend the schema, or agree on a later date", at, a.Until, a.Reason))
		case !l.used[i]:
			unused = append(unused, fmt.Sprintf("%v is allowed, and breaks nothing: remove the entry", at))
		}
	}
	return expired, unused
}
