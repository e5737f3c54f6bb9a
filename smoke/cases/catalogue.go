package cases

// definition is one row of the catalogue: a case without a fixture.
type definition struct {
	name     string
	severity Severity
	sends    string
	holds    string
	basis    string
	rounds   func(d *derivation) ([]Round, error) // errNotFor when the fixture does not lend itself to it
}

// raceRounds is how often copies are sent at once. Of check-then-insert races with a window of 100 µs, 29 % or
// more show in one round, so that 16 rounds miss fewer than 5 in 1,000; wider windows show in the first.
const raceRounds = 16

var catalogue = []definition{
	{
		name:     "first",
		severity: Critical,
		sends:    "the golden body, validly signed",
		holds:    "2xx, one effect",
		basis:    "every sender",
		rounds: func(d *derivation) ([]Round, error) {
			return d.one(Step{Name: "first delivery", Expect: Accepted, Effects: 1})
		},
	},
	{
		name:     "dup-seq",
		severity: Critical,
		sends:    "the golden body, then the same bytes under the same id",
		holds:    "the first result again, still one effect",
		basis:    "Standard Webhooks; IETF draft-ietf-httpapi-idempotency-key-header",
		rounds: func(d *derivation) ([]Round, error) {
			return d.one(
				Step{Name: "first delivery", Expect: Accepted, Effects: 1},
				Step{Name: "duplicate", Expect: Repeated, Effects: 1},
			)
		},
	},
	{
		name:     "dup-concurrent-8",
		severity: Critical,
		sends:    "16 rounds of 8 copies of one event at the same time",
		holds:    "one copy accepted; every other the same result or an in-flight answer; one effect a round",
		basis:    "IETF draft-ietf-httpapi-idempotency-key-header, concurrent requests",
		rounds: func(d *derivation) ([]Round, error) {
			return d.many(raceRounds, Step{Name: "8 copies at once", Copies: 8, Expect: Raced, Effects: 1})
		},
	},
	{
		name:     "mismatch-field",
		severity: Critical,
		sends:    "the golden body, then one business field changed under the same id, schema-valid and signed anew, then the golden body again",
		holds:    "the changed one is answered as policy.mismatch says; the first result stands, one effect",
		basis:    "IETF draft-ietf-httpapi-idempotency-key-header: 422; many services: 409",
		rounds: func(d *derivation) ([]Round, error) {
			return d.mismatch()
		},
	},
	{
		name:     "sig-missing",
		severity: Critical,
		sends:    "the golden body without its signature header; beside it, as a control, another event validly signed",
		holds:    "4xx, no effect; the control is accepted",
		basis:    "every signature scheme",
		rounds: func(d *derivation) ([]Round, error) {
			return d.rejected(Step{Name: "unsigned delivery", Key: NoKey})
		},
	},
	{
		name:     "sig-wrong-key",
		severity: Critical,
		sends:    "the golden body signed with another secret; beside it, as a control, another event validly signed",
		holds:    "4xx, no effect; the control is accepted",
		basis:    "every signature scheme",
		rounds: func(d *derivation) ([]Round, error) {
			return d.rejected(Step{Name: "delivery signed by a stranger", Key: WrongKey})
		},
	},
}

// Names lists every case of the catalogue, in its order.
func Names() []string {
	names := make([]string, len(catalogue))
	for i, d := range catalogue {
		names[i] = d.name
	}
	return names
}
