package cases

import (
	"bytes"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// reformatted sends a body in another form than the one that was signed, which must be refused, and an unusual form
// that is signed as it is sent.
func reformatted(p *plan) error {
	if !p.d.contract.Scheme.Covers.Body {
		return notApplicable("the signature does not cover the whole body")
	}
	if p.d.contract.Scheme.Rewrites {
		p.c.Advice = "the vendor's own library, or the example on its page, verifies the body as it writes it again"
	}
	p.round(Round{}, step{
		Step: Step{Name: "delivery with a line end that was not signed", Expect: Rejected}, edit: lineEnd, signed: unchanged, raw: true,
	})
	if p.d.format.Kind == payload.JSON && p.d.syntax == (asJSON{}) {
		p.round(Round{}, step{
			Step: Step{Name: "delivery with other spacing than was signed", Expect: Rejected}, edit: whitespace, signed: unchanged,
		})
		ended := first.named("delivery with a line end, signed as it is sent")
		ended.edit = lineEnd
		p.round(Round{}, ended)
	}
	p.control()
	return p.err
}

// lineEnd ends the body with a line end.
func lineEnd(_ *derivation, body []byte) ([]byte, error) {
	return append(bytes.Clone(body), '\n'), nil
}
