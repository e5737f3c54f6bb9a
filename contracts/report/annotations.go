package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/printable"
)

// Annotations writes the report as workflow commands of GitHub Actions, with which a log marks files
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions): an error for each broken contract, a
// warning for what could not be told, and a notice for what changes no verdict. A check with several has one, which
// says all, and so have the checks of one cause: a log shows a few annotations alone.
func Annotations(w io.Writer, r Report) error {
	var b strings.Builder
	all := alertsOfCauses(r)
	for i := 0; i < len(all); i++ {
		one := all[i]
		for i+1 < len(all) && all[i+1].title == one.title && all[i+1].level == one.level && all[i+1].file == one.file &&
			all[i+1].line == one.line {
			i++
			one.text += "\n" + all[i].text
		}
		fmt.Fprintf(&b, "::%s ", map[level]string{note: "notice", warning: "warning", wrong: "error"}[one.level])
		if one.file != "" {
			fmt.Fprintf(&b, "file=%s,", property.Replace(printable.Text(one.file)))
		}
		if one.line > 0 {
			fmt.Fprintf(&b, "line=%d,", one.line)
		}
		fmt.Fprintf(&b, "title=%s::%s\n", property.Replace(one.title), message.Replace(one.text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// What stands for a character that would end a message or a property.
var (
	message  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
