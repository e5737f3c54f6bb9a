package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// markdownLimit is how large a summary may become, in bytes: GitHub shows none that is larger than 1 MiB.
const markdownLimit = 900_000

// Markdown writes the report as a summary for people: the verdict, the counts, and each cause for which checks did not pass, folded. It is
// in the Markdown of GitHub, for the summary of a job or a comment on a pull request. What is too much for it is counted.
func Markdown(w io.Writer, r Report) error {
	var b strings.Builder
	mark := map[verdict.Verdict]string{
		verdict.Pass: "✅ Passed", verdict.Fail: "❌ Failed", verdict.Unknown: "❔ Could not tell",
	}[r.Verdict()]
	fmt.Fprintf(&b, "## %s: %s%s\n\n", mark, markdown(cmp.Or(r.Command, "fridaygate")), r.part())
	fmt.Fprintf(&b, "%d planned, %d ran: %s; %s", len(r.Planned), len(r.Results), strings.Join(tally(r), ", "),
		r.Ended.Sub(r.Started).Round(10*time.Millisecond))
	if r.Target != "" {
		fmt.Fprintf(&b, " against %s", markdown(r.Target))
	}
	if r.Revision != "" {
		fmt.Fprintf(&b, ", revision %s", markdown(r.Revision))
	}
	b.WriteString("\n\n")
	if r.Interrupted {
		b.WriteString("**It was interrupted.**\n\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "- **Problem** %s\n", markdown(strings.TrimSpace(p.Subject+" "+p.Text)))
	}
	left := 0
	for _, c := range Causes(r) {
		if text := c.markdown(); b.Len()+len(text) <= markdownLimit {
			b.WriteString(text)
		} else {
			left += len(c.Results)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s more did not fit: the other reports have all.\n", plural(left, "check"))
	}
	if missing := r.NotRun(); len(missing) > 0 {
		fmt.Fprintf(&b, "\n%s did not run, the first for this reason: %s\n", plural(len(missing), "planned check"), markdown(missing[0].Why))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown returns the first check of a cause, folded, and the names of the others.
func (c Cause) markdown() string {
	r := c.First()
	mark := map[verdict.Verdict]string{verdict.Fail: "❌", verdict.Unknown: "❔", verdict.Pass: "⚪"}[r.Verdict]
	details := printable.Text(strings.TrimSpace(r.details() + "\n" + c.others(len(c.Results))))
	fence := "```"
	for strings.Contains(details, fence) {
		fence += "`"
	}
	head := [...]string{r.Subject, r.Case, r.Severity}
	if more := len(c.Results) - 1; more > 0 {
		head[2] = strings.TrimSpace(head[2] + " and " + plural(more, "more check") + " of the same cause")
	}
	for i, part := range head {
		head[i] = markup.Replace(printable.Line(part))
	}
	return fmt.Sprintf("<details><summary>%s %s <b>%s</b> %s</summary>\n\n%s\n%s\n%s\n\n</details>\n",
		mark, head[0], head[1], head[2], fence, details, fence)
}

// markdown returns a text of one line that has no meaning in Markdown or HTML.
func markdown(s string) string {
	return punctuation.Replace(strings.ReplaceAll(markup.Replace(printable.Text(s)), "\n", " "))
}

var (
	markup      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	punctuation = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "@", "@\u200b")
)
