package report

import (
	"fmt"
	"strings"
	"time"
)

// Format is one form of payload that was found in logs: the payloads with the same members of the same types.
type Format struct {
	Number      int        `json:"number"`                // from 1
	Of          string     `json:"of,omitempty"`          // which kind of payload, such as the value of /type as JSON; "": there is one kind
	Payloads    int64      `json:"payloads"`              // how many have it…
	AllPayloads int64      `json:"all_payloads"`          // …of how many
	Refused     int64      `json:"refused"`               // how many of them the schema refuses
	IDs         int64      `json:"ids,omitempty"`         // distinct ids; 0: nothing is known of ids
	First       *time.Time `json:"first,omitempty"`       // when it was seen first; nil: the payloads have no time
	Last        *time.Time `json:"last,omitempty"`        // and last
	FirstAt     string     `json:"first_at"`              // where, file:line
	LastAt      string     `json:"last_at"`               // likewise
	Beside      int        `json:"beside,omitempty"`      // the number of the format that it is compared with; 0: with none
	Differences []string   `json:"differences,omitempty"` // from that one, a sentence each
	Undescribed []string   `json:"undescribed,omitempty"` // members that the schema says nothing about
	Optional    []string   `json:"optional,omitempty"`    // members that some of the payloads lack, with how many have them, a sentence each

	Combinations int    `json:"combinations,omitempty"` // of optional members and nulls; 0: not known
	Sample       string `json:"sample,omitempty"`       // one payload as JSON, without its data
}

// String returns the format in a few lines.
func (f Format) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d payloads (%s)", f.Payloads, f.AllPayloads, percent(f.Payloads, f.AllPayloads))
	if f.IDs > 0 {
		fmt.Fprintf(&b, ", %s", plural(int(f.IDs), "id"))
	}
	if f.Refused > 0 {
		fmt.Fprintf(&b, ", %d refused by the schema", f.Refused)
	} else {
		b.WriteString(", accepted by the schema")
	}
	fmt.Fprintf(&b, "\nfirst %s\nlast  %s\n", seen(f.First, f.FirstAt), seen(f.Last, f.LastAt))
	for _, what := range f.Differences {
		fmt.Fprintf(&b, "beside format %d: %s\n", f.Beside, what)
	}
	if n := len(f.Optional); n > 0 {
		fmt.Fprintf(&b, "%s of %s: %s", plural(f.Combinations, "combination"), plural(n, "optional member"),
			strings.Join(f.Optional[:min(n, 8)], ", "))
		if n > 8 {
			fmt.Fprintf(&b, " and %d more", n-8)
		}
		b.WriteByte('\n')
	}
	if len(f.Undescribed) > 0 {
		fmt.Fprintf(&b, "the schema does not describe %s\n", strings.Join(f.Undescribed, ", "))
	}
	if f.Sample != "" {
		fmt.Fprintf(&b, "sample %s\n", f.Sample)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func seen(at *time.Time, where string) string {
	if at == nil {
		return where
	}
	return at.UTC().Format(time.RFC3339) + " " + where
}

func percent(part, of int64) string {
	if share := 100 * float64(part) / float64(max(of, 1)); share >= 0.1 || part == 0 {
		return fmt.Sprintf("%.1f %%", share)
	}
	return "under 0.1 %"
}
