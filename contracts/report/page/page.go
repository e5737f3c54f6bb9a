package page

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/report"
)

//go:embed *.tmpl
var templates embed.FS

//go:embed style.css
var style template.CSS

//go:embed script.js
var script template.JS

// layout returns the templates, which are parsed once, and only where a page is written.
var layout = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page.tmpl").Funcs(template.FuncMap{
		"style":  func() template.CSS { return style },
		"script": func() template.JS { return script },
		"plain":  plain,
	}).ParseFS(templates, "*.tmpl")
})

// plain escapes a text between tags. There quotes are only quotes, and JSON has so many that escaping them makes a page half as
// large again.
func plain(text string) template.HTML {
	return template.HTML(markup.Replace(text)) //nolint:gosec // what begins a tag or an entity is escaped
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Write writes the report as one HTML page.
func Write(w io.Writer, r report.Report) error {
	if err := write(w, "page.tmpl", newView(r)); err != nil {
		return fmt.Errorf("write the report as HTML: %w", err)
	}
	return nil
}

// write writes what a template makes of a view, with nothing in it that a browser obeys instead of showing.
func write(w io.Writer, name string, view any) error {
	text := bufio.NewWriter(printable.Writer(w))
	pages, err := layout()
	if err != nil {
		return err
	}
	return errors.Join(pages.ExecuteTemplate(text, name, view), text.Flush())
}
