package cases

import (
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Challenge is a request with which a sender checks that an endpoint agrees to deliveries.
type Challenge struct {
	webhook.Challenge        // of the contract; its placeholders are filled in when it is sent
	Text              string // the value of {challenge}
	Wrong             bool   // {token} is not the shared one
}

const agreement = "the sender's check of the endpoint, as challenge in webhook.yaml says"

var challenges = []definition{
	{
		name: "challenge", severity: Critical, basis: agreement,
		sends: "the request with which the sender checks that the endpoint agrees to deliveries, twice",
		holds: "the answer that challenge.answer describes, each time",
		plan: func(p *plan) error {
			if err := p.d.asked(); err != nil {
				return err
			}
			p.challenged(p.challenge("challenge"), p.challenge("another challenge"))
			return p.err
		},
	},
	{
		name: "challenge-wrong-token", severity: High, basis: agreement,
		sends: "the same request from a stranger: with another token, signed with another secret; and the right one, as a control",
		holds: "no agreement: 4xx, or an answer that the sender does not take; the control is agreed to",
		plan: func(p *plan) error {
			c := p.d.contract.Challenge
			if err := p.d.asked(); err != nil {
				return err
			}
			stranger := p.challenge("challenge of a stranger")
			stranger.Expect = Declined
			stranger.Challenge.Wrong = c.TokenEnv != ""
			if c.Signed && p.d.contract.Scheme.Unsigned == "" {
				stranger.Signature = WrongKey
			}
			if !stranger.Challenge.Wrong && stranger.Signature == Valid {
				return unrelated("the challenge has no token and no signature: anybody may send it")
			}
			p.challenged(stranger, p.challenge("control, the right challenge"))
			return p.err
		},
	},
}

// asked is an error if the sender checks no endpoint, or its token is not known.
func (d *derivation) asked() error {
	switch c := d.contract.Challenge; {
	case !c.Told():
		return unrelated("the sender does not check endpoints: see challenge")
	case c.NeedsToken() && c.TokenEnv == "":
		return notApplicable("the token is not known: name the variable that holds it as challenge.token_env")
	}
	return nil
}

// challenge returns a step that the receiver must agree to.
func (p *plan) challenge(name string) Step {
	return Step{
		Name: name, Copies: 1, Expect: Agreed,
		Challenge: &Challenge{
			Challenge: p.d.contract.Challenge, Text: RunTag(p.d.runID) + letters(sum("challenge", p.d.runID, p.c.Name, name))[:16],
		},
	}
}

// challenged adds a round of challenges. It delivers no event.
func (p *plan) challenged(steps ...Step) {
	p.c.Rounds = append(p.c.Rounds, Round{EventID: p.freshID("challenge"), Steps: steps})
}
