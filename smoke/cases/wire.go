package cases

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// harmless is the authority for equivalent forms of one request.
const harmless = "RFC 9110 and RFC 9112: proxies and clients write the same request in several ways"

var wires = []definition{
	{
		name: "wire-charset", severity: High, basis: "RFC 9110, section 8.3: a media type may have parameters; many senders add a charset",
		sends: "the golden body with ; charset=utf-8 after its content type, or without it if the golden one has it",
		holds: "2xx, one effect",
		plan: func(p *plan) error {
			if p.d.format.Kind == payload.Multipart {
				return notApplicable("the parts of a multipart body name their own charsets")
			}
			media, _, parameters := strings.Cut(p.d.contentType(), ";")
			if !parameters {
				media += "; charset=utf-8"
			}
			s := first.named("delivery with the content type " + media)
			s.Header = http.Header{"Content-Type": {media}}
			return p.rounds(1, s)
		},
	},
	wire("wire-header-case", "the golden body with the names of all headers in lower case",
		"RFC 9110, section 5.1: names of headers are case-insensitive; HTTP/2 sends them in lower case", LowerNames),
	wire("wire-chunked", "the golden body in chunks, without Content-Length", harmless, Chunked),
	{
		name: "wire-http2", severity: Medium, basis: harmless,
		sends: "the golden body over HTTP/1.1, then a duplicate over HTTP/2, where the target offers them (TLS with ALPN)",
		holds: "the first result again, one effect",
		plan: func(p *plan) error {
			one := first.named("delivery over HTTP/1.1, where the target has it")
			one.Wire = HTTP1
			return p.rounds(1, one, duplicate.named("duplicate over what the target prefers"))
		},
	},
	{
		name: "wire-forwarded", severity: High, basis: "RFC 7239 and RFC 9110, section 7.6.3: what proxies add on the way",
		sends: "the golden body with the headers that two proxies leave behind: X-Forwarded-For, Forwarded, Via and their like",
		holds: "2xx, one effect",
		plan: func(p *plan) error {
			s := first.named("delivery through two proxies")
			s.Header = p.d.forwarded()
			return p.rounds(1, s)
		},
	},
	{
		name: "wire-body-limit", severity: High, basis: "endpoint.body_limit: the receiver's own word",
		sends: "a valid body just under endpoint.body_limit, filled up with spaces",
		holds: "2xx, one effect",
		plan: func(p *plan) error {
			s := first.named("delivery just under the limit")
			s.edit = filled(-1)
			return p.rounds(1, s)
		},
	},
}

// wire sends the golden body in another way.
func wire(name, sends, basis string, w Wire) definition {
	return definition{
		name: name, severity: High, basis: basis, sends: sends, holds: "2xx, one effect",
		plan: func(p *plan) error {
			s := first
			s.Wire = w
			return p.rounds(1, s)
		},
	}
}

// forwarded returns the headers of a request that passed two proxies. The addresses are those that RFC 5737 reserves for
// examples. Host and scheme are included only where the receiver's public URL is known: schemes that sign the URL read them.
func (d *derivation) forwarded() http.Header {
	h := http.Header{
		"X-Forwarded-For": {"203.0.113.7, 198.51.100.2"},
		"X-Real-Ip":       {"203.0.113.7"},
		"Forwarded":       {`for=203.0.113.7, for="198.51.100.2:4711"`},
		"Via":             {"1.1 proxy.example.com, 1.1 gateway.example.net"},
	}
	if public, err := url.Parse(d.contract.Endpoint.URL); err == nil && public.Host != "" {
		h.Set("X-Forwarded-Host", public.Host)
		h.Set("X-Forwarded-Proto", public.Scheme)
	}
	return h
}

// filled fills the body up with what means nothing, such as spaces, to so many bytes above endpoint.body_limit.
func filled(above int) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		limit := d.contract.Endpoint.BodyLimit
		switch {
		case limit == 0:
			return nil, notApplicable("the receiver's limit is not known: set endpoint.body_limit")
		case limit <= len(golden):
			return nil, fmt.Errorf("the golden body has %d bytes, more than endpoint.body_limit allows", len(golden))
		case d.syntax == nil:
			return nil, notApplicable(d.opaque)
		}
		return d.format.Pad(golden, limit+above-len(golden)), nil
	}
}
