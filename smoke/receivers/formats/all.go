package formats

import "net/url"

// The media types of the formats.
const (
	mediaJSON      = "application/json"
	mediaLines     = "application/x-ndjson"
	mediaForm      = "application/x-www-form-urlencoded"
	mediaMultipart = "multipart/form-data"
	mediaXML       = "application/xml"
)

// formats are the correct receivers, one for each format.
var formats = map[string]steps{
	"form-json": {mediaForm, asSent, overSent, payload, together},
	"form":      {mediaForm, asSent, overSent, form, together},
	"multipart": {mediaMultipart, asSent, overSent, parts, together},
	"xml":       {mediaXML, asSent, overSent, document, together},
	"lines":     {mediaLines, asSent, overSent, lines, together},
	"batch":     {mediaJSON, asSent, overSent, list, together},
	"id-only":   {mediaForm, asSent, nil, form, fetched},
	"gzip":      {mediaJSON, unzipped, overSent, one, together},
	"gzip-of":   {mediaJSON, unzipped, overPlain, one, together},
}

// Correct returns the correct receiver of a format: form-json (JSON in the field payload), form, multipart, xml, id-only
// (an unsigned form with an id, whose event is fetched), lines (NDJSON), batch (a JSON array), gzip (signed as sent),
// gzip-of (signed before compression).
func Correct(format string) Receiver {
	return Receiver{Name: format + "-correct", steps: formats[format]}
}

// Broken returns the receivers of a format that have a bug.
func Broken(format string) []Receiver {
	good := formats[format]
	all := []Receiver{{Name: format + "-no-deduplication", Bug: "carries every delivery out", Case: "dup-seq", steps: good.taking(always)}}
	switch format {
	case "form-json":
		all = append(all, Receiver{
			Name: "form-json-signs-inside", Bug: "verifies the JSON that it took out of the form, not the bytes that came", Case: "first",
			steps: good.signing(func(_, plain []byte) []byte {
				fields, _ := url.ParseQuery(string(plain)) // what cannot be read is not signed
				return []byte(fields.Get("payload"))
			}),
		})
	case "gzip":
		all = append(all, Receiver{
			Name: "gzip-signs-plain", Bug: "verifies the body after it was unpacked", Case: "first", steps: good.signing(overPlain),
		})
	case "xml":
		all = append(all, Receiver{
			Name: "xml-compares-bytes", Bug: "takes the same document in other bytes for another",
			Case: "equal-escapes", steps: good.reading(asBytes(document)),
		})
	case "form":
		all = append(all, Receiver{
			Name: "form-compares-bytes", Bug: "takes fields in another order for other content",
			Case: "equal-key-order", steps: good.reading(asBytes(form)),
		})
	case "lines", "batch":
		all = append(all,
			Receiver{
				Name: format + "-by-first", Bug: "takes the first event's id for the batch's", Case: "batch-duplicate", steps: good.taking(byFirst),
			},
			Receiver{
				Name: format + "-until-known", Bug: "stops at the first event that it knows", Case: "batch-duplicate", steps: good.taking(untilKnown),
			},
			Receiver{
				Name: format + "-recorded-last", Bug: "records events when the whole batch went well",
				Case: "batch-partial-failure", steps: good.taking(recordedLast),
			},
			Receiver{
				Name: format + "-recorded-first", Bug: "records events before it carries them out",
				Case: "batch-partial-failure", steps: good.taking(recordedFirst),
			},
		)
	}
	return all
}

func (s steps) taking(take func(*Instance, []event) reply) steps {
	s.take = take
	return s
}

func (s steps) signing(signed func(sent, plain []byte) []byte) steps {
	s.signed = signed
	return s
}

func (s steps) reading(read func(string, []byte) ([]event, error)) steps {
	s.read = read
	return s
}

// asBytes uses the bytes of an event as its content.
func asBytes(read func(string, []byte) ([]event, error)) func(string, []byte) ([]event, error) {
	return func(contentType string, body []byte) ([]event, error) {
		all, err := read(contentType, body)
		for n := range all {
			all[n].content = string(body)
		}
		return all, err
	}
}
