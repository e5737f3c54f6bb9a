package cases

// Severity is how bad it is when a case fails.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical" // money or data is wrong, or strangers are believed
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Case is one scenario for one fixture.
type Case struct {
	Name     string
	Severity Severity
	Sends    string // what is sent, for people
	Holds    string // what a correct receiver does, for people
	Basis    string // on whose authority

	Rounds []Round // none when the case does not apply
	NotFor string  // why the case does not apply to this fixture; "" when it does
}

// Round is one event id's life within a case. Rounds do not depend on each other.
type Round struct {
	EventID string
	Steps   []Step
}

// Step is one delivery, or several copies of one at the same time.
type Step struct {
	Name    string // what it is, for people: "first delivery", "duplicate"
	Body    []byte
	Copies  int // how many go out at once; at least 1
	Key     Key
	Expect  Expect
	Effects int // how many effects the event id has had after this step
}

// Key says what a step is signed with.
type Key int

// The keys. The zero value signs properly.
const (
	SharedKey Key = iota // the receiver's own secret
	WrongKey             // a well-formed secret that is not the receiver's
	NoKey                // not signed: the signature header is left out, all others stay
)

// Expect is what the answers of a step must be. The zero value is no expectation and is refused by the judge.
type Expect int

// The expectations.
const (
	Accepted Expect = iota + 1 // 2xx
	Repeated                   // the first result again, as policy.duplicate says
	Raced                      // one copy accepted; every other the same result, or an in-flight answer
	Refused                    // as policy.mismatch says
	Rejected                   // 4xx
)
