package environment

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cleanup"
	"github.com/fridaygate/fridaygate/smoke/database"
)

// cleanUp is the clean-up as it is written.
type cleanUp struct {
	Within time.Duration `yaml:"within"`
	Steps  []struct {
		Name    string         `yaml:"name"`
		HTTP    *httpAction    `yaml:"http"`
		Command *commandAction `yaml:"command"`
		SQL     *sqlAction     `yaml:"sql"`
		Verify  *action        `yaml:"verify"`
	} `yaml:"steps"`
}

// action is a removal or a verification as it is written.
type action struct {
	HTTP    *httpAction    `yaml:"http"`
	Command *commandAction `yaml:"command"`
	SQL     *sqlAction     `yaml:"sql"`
}

type httpAction struct {
	Method  string            `yaml:"method"`
	Target  string            `yaml:"target"`
	Path    string            `yaml:"path"`
	Headers map[string]string `yaml:"headers"`
	Body    string            `yaml:"body"`
	Absent  int               `yaml:"absent"`
	Count   string            `yaml:"count"`
}

type commandAction struct {
	Run []string `yaml:"run"`
}

type sqlAction struct {
	URLEnv     string   `yaml:"url_env"`
	Statements []string `yaml:"statements"` // of a removal
	Query      string   `yaml:"query"`      // of a verification
}

// cleanUp takes over how what a run made is removed.
func (l *loader) cleanUp() {
	written := l.file.Cleanup
	if written == nil {
		return
	}
	plan := &cleanup.Plan{Within: written.Within}
	seen := map[string]bool{}
	for i, s := range written.Steps {
		key := fmt.Sprintf("cleanup.steps[%d]", i)
		if seen[s.Name] {
			l.mistake(key+".name", "%q: another step has that name too", s.Name)
		}
		seen[s.Name] = true
		step := cleanup.Step{Name: s.Name, Source: l.document.Place(key), Remove: l.action(key, action{s.HTTP, s.Command, s.SQL})}
		if s.Verify != nil {
			verify := l.action(key+".verify", *s.Verify)
			step.Verify = &verify
		}
		plan.Steps = append(plan.Steps, step)
	}
	l.made.Cleanup = plan
}

// action takes over one action. What it reaches must be allowed.
func (l *loader) action(key string, a action) (made cleanup.Action) {
	switch {
	case a.HTTP != nil:
		key += ".http"
		base, _ := url.Parse(l.made.Target) // it was read before
		if a.HTTP.Target != "" {
			base = l.url(key+".target", a.HTTP.Target)
		}
		made.HTTP = &cleanup.Request{
			Base: base, Method: a.HTTP.Method, Path: a.HTTP.Path, Header: http.Header{}, Absent: a.HTTP.Absent, Count: a.HTTP.Count,
			Body: l.filled(key+".body", a.HTTP.Body),
		}
		for name, value := range a.HTTP.Headers {
			made.HTTP.Header.Set(name, l.filled(key+".headers."+name, value))
		}
	case a.Command != nil:
		key += ".command"
		made.Command = a.Command.Run
		if err := l.made.AllowCommand(made.Command[0]); err != nil {
			l.mistake(key+".run", "%v", err)
		}
		for i, word := range made.Command {
			if secretIn.MatchString(word) {
				l.mistake(fmt.Sprintf("%s.run[%d]", key, i),
					"cannot hold a secret: the list of processes would show it: let the program read it from a variable")
			}
		}
	case a.SQL != nil:
		key += ".sql"
		made.SQL = &cleanup.SQL{URLEnv: a.SQL.URLEnv, Statements: a.SQL.Statements}
		if a.SQL.Query != "" {
			made.SQL.Statements = []string{a.SQL.Query}
		}
		l.database(key+".url_env", made.SQL)
	}
	if err := made.Check(); err != nil {
		l.mistake(key, "%v", err)
	}
	return made
}

// database looks up the URL of a database, and checks that it may be reached.
func (l *loader) database(key string, s *cleanup.SQL) {
	mistakes := l.mistakes
	if s.Address = l.known(key, s.URLEnv, "the URL of the database"); s.Address == "" {
		l.made.Unset, l.mistakes = append(l.made.Unset, l.mistakes[len(mistakes):]...), mistakes
		return
	}
	l.made.Secrets[s.URLEnv] = s.Address
	db, err := database.Open(s.Address, database.Options{Hosts: &l.made.Hosts})
	if err != nil {
		l.mistake(key, "the variable %s: %v", s.URLEnv, err)
		return
	}
	if err := db.Close(); err != nil {
		l.mistake(key, "%v", err)
	}
}
