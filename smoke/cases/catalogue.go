package cases

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// definition is one row of the catalogue: a case without a fixture.
type definition struct {
	name     string
	severity Severity
	sends    string
	holds    string
	basis    string
	advice   string // why the case is advice; "" when it is contract
	once     bool   // it is about the receiver, not the event: see Case.Once

	// variants, if not nil, makes the row one case for each: its name is the row's and the variant's together.
	variants func(d *derivation) []string
	// plan adds the rounds; it returns notApplicable when the case does not apply to the fixture.
	plan func(p *plan) error
}

// The authorities that rows name.
const (
	standardWebhooks = "Standard Webhooks specification"
	idempotencyKey   = "IETF draft-ietf-httpapi-idempotency-key-header"
	canonicalJSON    = "RFC 8785 (JSON canonicalisation)"
	practice         = "every signature scheme's verification rules"
)

// catalogue lists every case. Adding one is one row in the file of its kind.
var catalogue = slices.Concat(
	duplicates, interruptions, mismatches, equalities, ambiguities, twins, batches, signatures, times, wires, texts, bodies, orders, lifecycle,
	challenges,
)

// Names lists every case of the catalogue, in its order. A family of cases, whose members depend on the
// signature scheme, is listed as sig-malformed-*.
func Names() []string {
	names := make([]string, len(catalogue))
	for i, d := range catalogue {
		names[i] = d.name
		if d.variants != nil {
			names[i] += "*"
		}
	}
	return names
}

// Match reports whether a case's name matches a glob (path.Match); "" matches all.
func Match(glob, name string) bool {
	matched, _ := path.Match(glob, name) // a bad pattern matches nothing
	return glob == "" || matched
}

// matches reports whether a name matches one of the globs, or there is none.
func matches(only []string, name string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(glob string) bool { return Match(glob, name) })
}

// selected reports whether the row's case, or some of its variants, may match one of the globs.
func (d definition) selected(only []string) bool {
	return matches(only, d.name) || (d.variants != nil && slices.ContainsFunc(only, func(glob string) bool {
		return strings.ContainsAny(glob, "*?[") || strings.HasPrefix(glob, d.name)
	}))
}

// Catalogue describes every case whose name matches a glob, without a fixture; "" matches all. It returns an error
// if none does.
func Catalogue(glob string) ([]Case, error) {
	var all []Case
	for i, name := range Names() {
		d := catalogue[i]
		member := d.variants != nil && strings.HasPrefix(glob, d.name)
		if Match(glob, name) || Match(glob, d.name) || member {
			all = append(all, Case{Name: name, Severity: d.severity, Sends: d.sends, Holds: d.holds, Basis: d.basis, Advice: d.advice, Once: d.once})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no case matches %q%s (fridaygate cases lists them)", glob, meant(glob))
	}
	return all, nil
}

// meant suggests the case whose name is nearest, if one is near. What a glob leaves open is not compared.
func meant(glob string) string {
	part := strings.Trim(glob, "*")
	var names []string
	for _, d := range catalogue {
		name := d.name
		if part != glob {
			name = name[:min(len(name), len(part))]
		}
		names = append(names, name)
	}
	name, near := spelling.Nearest(part, names)
	if !near {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", catalogue[slices.Index(names, name)].name)
}

// The deliveries that most cases are made of.
var (
	first     = step{Step: Step{Name: "first delivery", Expect: Accepted, Effects: One}}
	duplicate = step{Step: Step{Name: "duplicate", Expect: Repeated, Effects: One}}
	retry     = step{Step: Step{Name: "retry", Retry: 1, Settle: true, Expect: Repeated, Effects: One}}
)

// advice makes a case advice, for a reason.
func advice(why string, d definition) definition {
	d.advice = why
	return d
}

// named returns a step with another name.
func (s step) named(name string) step {
	s.Name = name
	return s
}
