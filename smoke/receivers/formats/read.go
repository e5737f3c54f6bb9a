package formats

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

func asSent(sent []byte) ([]byte, error) { return sent, nil }

// unzipped reads at most one byte more than the limit, so that a small body cannot become an endless one.
func unzipped(sent []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, bodyLimit+1))
}

func overSent(sent, _ []byte) []byte   { return sent }
func overPlain(_, plain []byte) []byte { return plain }

// one reads a body that is one JSON event.
func one(_ string, body []byte) ([]event, error) {
	e, err := jsonEvent(body)
	return []event{e}, err
}

// jsonEvent reads an event. Its id is the member id; one that is missing or no text is "".
func jsonEvent(text []byte) (event, error) {
	if !utf8.Valid(text) {
		return event{}, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return event{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return event{}, errors.New("more than one JSON value")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return event{}, errors.New("no JSON object")
	}
	id, _ := object["id"].(string)
	content, err := json.Marshal(exact(v)) // with sorted keys
	return event{id: id, content: string(content)}, err
}

// exact writes every number of a value as a fraction, so that 1000, 1000.0 and 1e3 are equal.
func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = exact(v[key])
		}
	case []any:
		for n := range v {
			v[n] = exact(v[n])
		}
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok && len(v) < 40 {
			return []string{"number", r.RatString()}
		}
	}
	return v
}

// list reads a JSON array of events.
func list(_ string, body []byte) ([]event, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("an empty batch")
	}
	return each(all)
}

// lines reads NDJSON.
func lines(_ string, body []byte) ([]event, error) {
	var all []json.RawMessage
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("an empty batch")
	}
	return each(all)
}

func each(texts []json.RawMessage) ([]event, error) {
	all := make([]event, len(texts))
	for n, text := range texts {
		var err error
		if all[n], err = jsonEvent(text); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// payload reads the JSON in the form field payload.
func payload(_ string, body []byte) ([]event, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	return one("", []byte(form.Get("payload")))
}

// form reads a form whose fields are the event.
func form(_ string, body []byte) ([]event, error) {
	fields, err := url.ParseQuery(string(body))
	if err != nil || fields.Get("id") == "" {
		return nil, errors.New("no form with an id")
	}
	return []event{{id: fields.Get("id"), content: fields.Encode()}}, nil
}

// parts reads multipart/form-data whose fields are the event.
func parts(contentType string, body []byte) ([]event, error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	read, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(bodyLimit)
	if err != nil {
		return nil, err
	}
	fields := url.Values(read.Value)
	if fields.Get("id") == "" {
		return nil, errors.New("no id")
	}
	return []event{{id: fields.Get("id"), content: fields.Encode()}}, nil
}

// document reads an XML document whose root element has an attribute id.
func document(_ string, body []byte) ([]event, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var e event
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && e.id != "" {
			return []event{e}, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			var attributes []string
			for _, a := range token.Attr {
				if a.Name.Local == "id" && e.id == "" {
					e.id = a.Value
				}
				attributes = append(attributes, fmt.Sprintf("%s=%q", a.Name.Local, a.Value))
			}
			slices.Sort(attributes)
			e.content += "<" + token.Name.Local + strings.Join(attributes, " ") + ">"
		case xml.EndElement:
			e.content += "</>"
		case xml.CharData:
			if e.id != "" { // white space before the root has no content
				e.content += string(token)
			}
		}
	}
}
