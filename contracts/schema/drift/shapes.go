package drift

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// The bounds of what is remembered of payloads.
const (
	maxShapes     = 1000
	maxSlots      = 1_000_000 // of variants
	maxJudged     = 50_000    // verdicts, and violations in them
	maxSample     = 16 << 10
	maxViolations = 32 // of one format
	maxRefused    = 8  // payloads of one format that are kept
	maxConflicts  = 1000
)

// shapes collects the formats.
type shapes struct {
	reader        *reader
	distinguishes bool
	all           map[hash]*variant
	variants      []*variant
	slots         int       // of the variants
	order         []*Format // index is the number that ids remembers
	rest          *Format
	judged        map[hash][]schema.Violation
	kept          int // verdicts and violations in judged
	ids           ids
	conflicts     map[hash]*Conflict
	listed        []*Conflict
}

func newShapes(r *reader, distinguishes bool) *shapes {
	return &shapes{
		reader: r, distinguishes: distinguishes, all: map[hash]*variant{}, judged: map[hash][]schema.Violation{}, conflicts: map[hash]*Conflict{},
	}
}

// add adds the payload that was scanned last.
func (s *shapes) add(payload []byte, distinct hash) {
	s.rekey()
	violations := s.judge(payload, distinct)
	v := s.variant(payload, violations)
	v.payloads++
	f := v.format.now()
	f.Payloads++
	f.judge(s.reader, payload, violations)
	s.identify(f)
	at, where := s.reader.time(), s.reader.at
	if f.Payloads == 1 {
		f.First, f.Last = Seen{at, where.String()}, Seen{at, where.String()}
		f.last = where
		return
	}
	f.see(at, where)
}

// see moves the ends of the time in which the format was seen. Without times the order of the logs counts.
func (f *Format) see(at time.Time, where place) {
	switch {
	case at.IsZero():
		if f.Last.At.IsZero() {
			f.last, f.lastMoved = where, true
		}
	case f.First.At.IsZero() || at.Before(f.First.At):
		f.First = Seen{at, where.String()}
		if f.Last.At.IsZero() {
			f.Last, f.last, f.lastMoved = Seen{At: at}, where, true
		}
	case !at.Before(f.Last.At):
		f.Last.At, f.last, f.lastMoved = at, where, true
	}
}

// variant returns the variant of the payload that was scanned last.
func (s *shapes) variant(payload []byte, violations []schema.Violation) *variant {
	scanned := s.reader.payload
	key, kind := scanned.shape, ""
	var kindHash hash
	if s.reader.Options.By != "" {
		value, _ := s.reader.found(wantBy)
		kindHash, kind = hashOfBytes(value), string(value[:min(len(value), 100)])
		key = key.with(kindHash)
	}
	if v := s.all[key]; v != nil {
		return v
	}
	form := newForm(scanned.touched, violations)
	f := s.like(kindHash, form)
	if f == nil {
		if len(s.order) >= maxShapes {
			return &variant{format: s.others()}
		}
		f = &Format{Kind: kind, kindHash: kindHash, form: form.empty()}
		f.number = uint16(len(s.order)) //nolint:gosec // at most maxShapes
		if len(payload) <= maxSample {
			f.Sample = slices.Clone(payload)
		}
		s.order = append(s.order, f)
	}
	f.include(form)
	if s.slots += len(scanned.touched); s.slots > maxSlots {
		f.uncounted = true
		return &variant{format: f}
	}
	v := &variant{format: f, slots: slices.Clone(scanned.touched)}
	s.all[key] = v
	s.variants = append(s.variants, v)
	return v
}

// others returns the format of what is above the bound.
func (s *shapes) others() *Format {
	if s.rest == nil {
		s.rest = &Format{Rest: true, number: uint16(len(s.order))} //nolint:gosec // at most maxShapes
		s.order = append(s.order, s.rest)
	}
	return s.rest
}

// judge returns the violations of a payload. One that the schema does not distinguish from an earlier one has the same.
func (s *shapes) judge(payload []byte, distinct hash) []schema.Violation {
	if s.reader.payload.odd || !s.distinguishes {
		return s.reader.Options.Schema.Check(payload)
	}
	violations, known := s.judged[distinct]
	if !known {
		violations = slices.Clip(s.reader.Options.Schema.Check(payload))
		if s.kept += 1 + len(violations); s.kept > maxJudged {
			s.kept = 0
			clear(s.judged)
		}
		s.judged[distinct] = violations
	}
	return violations
}

// judge notes the violations of a payload.
func (f *Format) judge(r *reader, payload []byte, violations []schema.Violation) {
	if len(violations) == 0 {
		return
	}
	if violations[0].Keyword == schema.GivenUp {
		f.Unknown++
		return
	}
	f.Refused++
	counted := map[*Violation]bool{}
	unseen := false
	for _, v := range violations {
		of := f.violation(v, r.payload.tree.root.of(v.InstancePath))
		if of == nil {
			continue
		}
		if of.Payloads == 0 {
			unseen = true
			of.describe(r.Options.Schema, r.payload.tree.root, payload)
		}
		if r.Options.Values {
			of.remember(payload, v.InstancePath)
		}
		if !counted[of] {
			counted[of] = true
			of.Payloads++
		}
	}
	if len(payload) > maxSample || !unseen {
		return
	}
	if len(f.refused) == 0 {
		f.Sample = slices.Clone(payload)
	}
	if len(f.refused) < maxRefused {
		f.refused = append(f.refused, slices.Clone(payload))
	}
}

// violation returns the format's violation of this kind; nil if there are too many.
func (f *Format) violation(v schema.Violation, at string) *Violation {
	for _, one := range f.Violations {
		if one.Place == at && one.SchemaPath == v.SchemaPath && one.SchemaFile == v.SchemaFile && one.Keyword == v.Keyword {
			return one
		}
	}
	if len(f.Violations) >= maxViolations {
		return nil
	}
	one := &Violation{Violation: v, Place: at}
	f.Violations = append(f.Violations, one)
	return one
}

// of returns the place that a pointer into a payload leads to.
func (n *node) of(pointer string) string {
	if pointer == "" {
		return ""
	}
	token, rest, more := strings.Cut(pointer[1:], "/")
	if more {
		rest = "/" + rest
	}
	name := unescaper.Replace(token)
	switch child := n.members[name]; {
	case child != nil:
		return "/" + token + child.of(rest)
	case n.items != nil && isIndex(token):
		return "/*" + n.items.of(rest)
	}
	for _, child := range n.maps {
		return "/*" + child.of(rest)
	}
	return pointer
}

func isIndex(token string) bool { return strings.Trim(token, "0123456789") == "" }

// rekey puts formats together that differed only in names that have become those of a map.
func (s *shapes) rekey() {
	if !s.reader.payload.stale {
		return
	}
	s.reader.payload.stale = false
	clear(s.judged)
	s.all = map[hash]*variant{}
	before := s.variants
	s.variants, s.slots = nil, 0
	for i, f := range s.order {
		if f.Rest || f.into != nil {
			continue
		}
		f.form = f.renewed()
		if other := s.like(f.kindHash, f.form); other != nil && slices.Index(s.order, other) < i {
			other.take(f)
		}
	}
	for _, v := range before {
		key := v.renew()
		if s.reader.Options.By != "" {
			key = key.with(v.format.now().kindHash)
		}
		other := s.all[key]
		if other == nil {
			s.all[key] = v
			s.variants, s.slots = append(s.variants, v), s.slots+len(v.slots)
			continue
		}
		if of, into := v.format.now(), other.format.now(); of != into {
			into.take(of)
		}
		other.payloads += v.payloads
	}
}

// take makes another format a part of this one.
func (f *Format) take(other *Format) {
	other.into = f
	for n, kinds := range other.kinds {
		f.add(n, kinds)
	}
	f.uncounted = f.uncounted || other.uncounted
	f.Payloads += other.Payloads
	f.IDs += other.IDs
	f.Refused += other.Refused
	f.Unknown += other.Unknown
	if other.First.At.Before(f.First.At) {
		f.First = other.First
	}
	if other.Last.At.After(f.Last.At) || other.Last.At.IsZero() {
		f.Last, f.last, f.lastMoved = other.Last, other.last, other.lastMoved
	}
	for _, v := range other.Violations {
		if one := f.violation(v.Violation, v.Place); one != nil {
			if one.Payloads == 0 {
				one.Got, one.Expected = v.Got, v.Expected
			}
			one.Payloads += v.Payloads
		}
	}
	if len(f.refused) == 0 && len(other.refused) > 0 {
		f.Sample = other.Sample
	}
	f.refused = append(f.refused, other.refused[:min(len(other.refused), maxRefused-len(f.refused))]...)
}

// now returns what the format has become.
func (f *Format) now() *Format {
	for f.into != nil {
		f = f.into
	}
	return f
}

// identify notes the id of the payload.
func (s *shapes) identify(f *Format) {
	r := s.reader
	if r.Options.ID == "" {
		return
	}
	value, ok := r.found(wantID)
	if !ok || string(value) == "null" {
		r.Events.Without++
		return
	}
	id := hashOfBytes(value)
	first, again := s.ids.seen(id, f.number)
	if !again {
		f.IDs++
		r.Events.Distinct++
		return
	}
	before := s.order[first].now()
	conflict := s.conflicts[id]
	if before == f || conflict != nil && slices.Contains(conflict.all, f) {
		return
	}
	f.IDs++
	if conflict == nil {
		r.Events.Several++
		conflict = &Conflict{ID: string(value[:min(len(value), 100)]), all: []*Format{before}, Where: r.at.String()}
		if len(s.conflicts) < maxConflicts {
			s.conflicts[id] = conflict
			s.listed = append(s.listed, conflict)
		}
	}
	conflict.all = append(conflict.all, f)
}

// finish numbers the formats.
func (s *shapes) finish() {
	r := s.reader
	for _, f := range s.order {
		if f.into == nil {
			r.Formats = append(r.Formats, f)
		}
	}
	for _, v := range s.variants {
		v.format.now().count(v)
	}
	slices.SortStableFunc(r.Formats, func(a, b *Format) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(a.Kind, b.Kind), cmp.Compare(b.Payloads, a.Payloads))
	})
	for i, f := range r.Formats {
		f.Number = i + 1
		if f.lastMoved {
			f.Last.Where = f.last.String()
		}
		slices.SortStableFunc(f.Violations, func(a, b *Violation) int { return cmp.Compare(b.Payloads, a.Payloads) })
	}
	r.Events.Forgot = s.ids.forgot
	for _, conflict := range s.listed {
		for _, f := range conflict.all {
			if n := f.now().Number; !slices.Contains(conflict.Formats, n) {
				conflict.Formats = append(conflict.Formats, n)
			}
		}
		slices.Sort(conflict.Formats)
		if len(conflict.Formats) > 1 {
			r.Events.Conflicts = append(r.Events.Conflicts, *conflict)
		} else {
			r.Events.Several--
		}
	}
}

// order puts what is above the bound last.
func order(f *Format) int {
	if f.Rest {
		return 1
	}
	return 0
}
