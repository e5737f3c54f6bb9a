package cases

import (
	"bytes"
	"slices"
	"sync"
)

// recent reads documents, and keeps the last few: the cases of a fixture start from the same texts again and again. A document
// is never changed once it is read. It is safe for concurrent use.
type recent struct {
	mu   sync.Mutex
	kept []document // the one that was used last comes first
}

// keep is how many documents are kept: the golden one, the one of a round, and an edited one.
const keep = 3

// parse reads one document.
func (r *recent) parse(s syntax, text []byte) (document, error) {
	if doc, ok := r.find(s, text); ok {
		return doc, nil
	}
	doc, err := s.parse(text)
	if err == nil {
		r.put(doc)
	}
	return doc, err
}

func (r *recent) find(s syntax, text []byte) (document, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.kept, func(doc document) bool { return doc.syntax == s && bytes.Equal(doc.text, text) })
	if i < 0 {
		return document{}, false
	}
	doc := r.kept[i]
	r.kept = slices.Insert(slices.Delete(r.kept, i, i+1), 0, doc)
	return doc, true
}

func (r *recent) put(doc document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = slices.Insert(r.kept, 0, doc)
	r.kept = r.kept[:min(keep, len(r.kept))]
}
