package wire

import (
	"context"
	"fmt"
	"maps"
	"net/http"
)

// challenge builds the request of a step that delivers no event.
func (t *transmission) challenge(ctx context.Context, number int) (*http.Request, []byte, error) {
	c := t.Step.Challenge
	address := t.address(t.values(number))
	if address.RawQuery != "" && c.Query != "" {
		address.RawQuery += "&"
	}
	address.RawQuery += c.Query
	request := (&http.Request{Method: c.Method, URL: address, Header: make(http.Header, 8), Body: http.NoBody}).WithContext(ctx)
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	body := t.Step.Body
	if c.Signed {
		signed, err := t.sign(request, c.Text)
		if err != nil {
			return nil, nil, fmt.Errorf("sign with %s: %w", t.To.Contract.Signature.SecretEnv, err)
		}
		body = signed
		if encoding := t.To.Contract.Body.Encoding; encoding != "" {
			request.Header.Set("Content-Encoding", string(encoding))
		}
	}
	maps.Copy(request.Header, t.Step.Header)
	if len(body) == 0 {
		request.Header.Del("Content-Type")
	}
	t.mark(request.Header, number)
	return request, body, nil
}
