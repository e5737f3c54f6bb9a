package broker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// message returns an answer's text for people: RFC 9457's problem details, the broker's older {"error": ...} and
// {"errors": ...}, the title of an HTML page, or the text itself. The caller cleans it.
func message(contentType string, body []byte) string {
	if isHTML(contentType, body) {
		if found := title.FindSubmatch(body); found != nil {
			return fmt.Sprintf("an HTML page with the title %q", strings.TrimSpace(html.UnescapeString(string(found[1]))))
		}
		return "an HTML page"
	}
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return string(body[:min(len(body), 4*maxText)])
	}
	for _, key := range []string{"errors", "error"} {
		if said := sentences(object[key]); len(said) > 0 {
			return strings.Join(said, "; ")
		}
	}
	var said []string
	for _, key := range []string{"title", "detail", "message"} {
		said = append(said, sentences(object[key])...)
	}
	return strings.Join(said, ": ")
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title>`)

func isHTML(contentType string, body []byte) bool {
	return contentType == "text/html" || contentType == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// sentences collects the texts of an error, each with the place that it is about.
func sentences(value any) []string {
	switch value := value.(type) {
	case string:
		if value = strings.TrimSpace(value); value != "" {
			return []string{value}
		}
	case []any:
		var all []string
		for _, element := range value {
			all = append(all, sentences(element)...)
		}
		return all
	case map[string]any:
		for _, key := range []string{"detail", "message", "title"} {
			if text, ok := value[key].(string); ok && text != "" {
				if pointer, ok := value["pointer"].(string); ok && pointer != "" {
					text += " (" + pointer + ")"
				}
				return []string{text}
			}
		}
		var all []string
		for _, key := range slices.Sorted(maps.Keys(value)) {
			for _, text := range sentences(value[key]) {
				all = append(all, key+": "+text)
			}
		}
		return all
	}
	return nil
}
