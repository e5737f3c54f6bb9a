package sign

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// encoding is a way to write a signature's bytes as text.
type encoding struct {
	encode func([]byte) string
	decode func(string) ([]byte, error)
	base64 bool
	plain  bool // the bytes are the text
}

var (
	inHex       = encoding{encode: hex.EncodeToString, decode: hex.DecodeString}
	inUpperHex  = encoding{encode: func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }, decode: hex.DecodeString}
	inBase64    = encoding{encode: base64.StdEncoding.EncodeToString, decode: base64.StdEncoding.DecodeString, base64: true}
	inBase64URL = encoding{encode: base64.RawURLEncoding.EncodeToString, decode: base64.RawURLEncoding.DecodeString, base64: true}
	asIs        = encoding{encode: func(b []byte) string { return string(b) }, decode: asBytes, plain: true}
)

func asBytes(text string) ([]byte, error) { return []byte(text), nil }

var encodings = map[string]encoding{"hex": inHex, "hex-upper": inUpperHex, "base64": inBase64, "base64url": inBase64URL}
