package payload

import "bytes"

// Pad returns a body that is n bytes longer and has the same content to a reader without a limit. A form
// gets a field named _ where there is room for one.
func (f Format) Pad(body []byte, n int) []byte {
	padding := bytes.Repeat([]byte(" "), n)
	switch f.Kind {
	case NDJSON:
		padding = bytes.Repeat([]byte("\n"), n)
	case Form:
		padding = bytes.Repeat([]byte("&"), n)
		if copy(padding, "&_=") == 3 {
			padding = append(padding[:3], bytes.Repeat([]byte("x"), n-3)...)
		}
	}
	return append(bytes.Clone(body), padding...)
}
