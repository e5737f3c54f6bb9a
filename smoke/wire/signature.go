package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// signed returns the URL of a delivery as its signature covers it.
func (r *Receiver) signed(address *url.URL) string {
	if r.Signed == nil {
		return address.String()
	}
	public := *address
	public.Scheme, public.Host = r.Signed.Scheme, r.Signed.Host
	return public.String()
}

// sign puts the signature that the step asks for on a request, and the content type that goes with it. It returns the
// body to send: the step's, or what the scheme makes of it.
func (t *transmission) sign(request *http.Request, id string) ([]byte, error) {
	contract := t.To.Contract
	scheme, secret := contract.Scheme, t.To.Secret
	content := cmp.Or(t.Step.Header.Get("Content-Type"), t.Round.Header.Get("Content-Type"), contract.Endpoint.ContentType)
	request.Header.Set("Content-Type", content)
	m := sign.Message{
		ID: id, Time: t.Signed.Add(-t.Step.Age), Body: t.signed(),
		Method: request.Method, URL: t.To.signed(request.URL), ContentType: content, Header: request.Header,
	}
	if public := contract.Endpoint.URL; public != "" {
		m.URL = public
	}
	if scheme.Address != nil {
		address, err := url.Parse(scheme.Address(m))
		if err != nil {
			return nil, err
		}
		request.URL.RawQuery = address.RawQuery
	}
	signed, err := signature(scheme, secret, m, t.Step)
	if err != nil {
		return nil, err
	}
	body := t.body()
	if scheme.Embed != nil {
		signed, body = scheme.Embed(signed, body)
	}
	for name, values := range signed {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	return t.encoded(body), nil
}

// signed is what the signature covers.
func (t *transmission) signed() []byte {
	body := t.body()
	if t.Step.Signed != nil {
		body = t.Step.Signed
	}
	if plain := t.To.Contract.Body.Signed == webhook.SignedPlain; plain != t.Step.OtherLayer {
		return body
	}
	return t.encoded(body)
}

// encoded compresses a body as webhook.yaml says. One above the receiver's limit is above it as it is sent, too: some
// receivers count the bytes that come, others those that they unpack.
func (t *transmission) encoded(body []byte) []byte {
	limit := t.To.Contract.Endpoint.BodyLimit
	switch {
	case t.To.Contract.Body.Encoding != webhook.Gzip:
		return body
	case limit > 0 && len(body) > limit:
		return payload.Stored(body)
	}
	return payload.Gzip(body)
}

// signature returns the headers of a delivery as the step asks for them.
func signature(scheme sign.Scheme, secret string, m sign.Message, step cases.Step) (http.Header, error) {
	valid, err := scheme.Sign(secret, m)
	if err != nil {
		return nil, err
	}
	switch step.Signature {
	case cases.WrongKey:
		return scheme.Sign(scheme.OtherSecret(secret), m)
	case cases.EmptyKey:
		return scheme.SignEmpty(m), nil
	case cases.Missing:
		return scheme.Strip(valid), nil
	case cases.Malformed:
		for _, v := range scheme.Malformed(valid) {
			if v.Name == step.Variant {
				return v.Header, nil
			}
		}
		return nil, fmt.Errorf("the scheme has no malformed variant %q", step.Variant)
	case cases.TamperedFields:
		other := m
		if step.Variant == "id" {
			other.ID += "x"
		} else {
			other.Time = other.Time.Add(time.Second)
		}
		fields, err := scheme.Sign(secret, other)
		if err != nil {
			return nil, err
		}
		return scheme.Mix(valid, fields), nil
	case cases.Rotated:
		return rotated(scheme, secret, valid, m, step.Variant)
	case cases.Downgraded:
		return scheme.Downgrade(secret, m)
	case cases.GarbageTime:
		return scheme.GarbageTime(secret, m)
	}
	return valid, nil
}

// rotated returns a delivery with further signatures beside the valid one, which stands at place.
func rotated(scheme sign.Scheme, secret string, valid http.Header, m sign.Message, place string) (http.Header, error) {
	beside := scheme.Sign
	if place == cases.BesideUnknownVersion {
		beside = scheme.Downgrade
	}
	secret = scheme.OtherSecret(secret)
	one, err := beside(secret, m)
	if err != nil {
		return nil, err
	}
	other, err := beside(scheme.OtherSecret(secret), m)
	if err != nil {
		return nil, err
	}
	switch place {
	case cases.ValidFirst:
		return scheme.Rotate(nil, valid, []http.Header{one}), nil
	case cases.ValidInTheMiddle, cases.BesideUnknownVersion:
		return scheme.Rotate([]http.Header{one}, valid, []http.Header{other}), nil
	}
	return scheme.Rotate([]http.Header{one}, valid, nil), nil
}
