package broker

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// matrixInParts asks a question that is too long for one request in several, and puts the answers together so that they
// answer just that question. The versions are cut into parts of which any two fit one request. Each two parts are
// asked about each other; and each part is asked about the environment, from which rows with another version of a
// pacticipant that is itself to be deployed are dropped: it will be replaced. 200 pacticipants named by 20 letters and
// a commit are 7 parts, and 28 requests.
func (c *Client) matrixInParts(ctx context.Context, op string, q Question) (Matrix, error) {
	parts, err := q.parts(c.maxQuery)
	if err != nil {
		return Matrix{}, usage(op, "%s", err)
	}
	questions := q.pairs(parts)
	among := len(questions)
	if !q.amongThemselves() {
		for _, part := range parts {
			questions = append(questions, Question{Versions: part, Environment: q.Environment, ToTag: q.ToTag, Ignore: q.Ignore})
		}
	}
	answers := make([]Matrix, len(questions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(downloads)
	for n, part := range questions {
		group.Go(func() error {
			m, err := c.matrix(ctx, op, part)
			answers[n] = m
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Matrix{}, err
	}
	return q.join(answers, among), nil
}

// parts cuts the versions so that the questions about any two parts are short enough.
func (q Question) parts(maxQuery int) ([][]VersionSelector, error) {
	room := maxQuery - len(Question{Environment: q.Environment, ToTag: q.ToTag, Ignore: q.Ignore}.encode())
	var parts [][]VersionSelector
	left := 0
	for _, v := range q.Versions {
		size := len(Question{Versions: []VersionSelector{v}, everywhere: true}.encode())
		if size > room/2 {
			return nil, fmt.Errorf("%s: its name, with all that is ignored, is longer than a Pact Broker takes", v)
		}
		if size > left {
			parts, left = append(parts, nil), room/2
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], v)
		left -= size
	}
	return parts, nil
}

// pairs are the questions about each two parts.
func (q Question) pairs(parts [][]VersionSelector) []Question {
	var all []Question
	for n, part := range parts {
		for _, other := range parts[n+1:] {
			all = append(all, Question{Versions: slices.Concat(part, other), Ignore: q.Ignore})
		}
	}
	return all
}

// join puts the answers together. The first ones, so many as among says, are about versions that are asked for only.
// The whole is a yes only if no part says no for a reason that counts.
func (q Question) join(answers []Matrix, among int) Matrix {
	whole := Matrix{Rows: []Row{}, Notices: []string{}}
	asked := map[string]bool{}
	for _, v := range q.Versions {
		asked[v.Pacticipant] = true
	}
	seen := map[Row]bool{}
	yes := true
	for n, m := range answers {
		dropped := false
		for _, r := range m.Rows {
			if n >= among && asked[r.Consumer] && asked[r.Provider] {
				dropped = true
				continue
			}
			if !seen[r] {
				seen[r] = true
				whole.Rows = append(whole.Rows, r)
			}
			yes = yes && (r.Ignored || r.Verified == verdict.Pass)
		}
		said := m.Deployable != nil && *m.Deployable
		yes = yes && (said || dropped)
		if !said && !dropped {
			for _, text := range m.Notices {
				if !slices.Contains(whole.Notices, text) {
					whole.Notices = append(whole.Notices, text)
				}
			}
		}
	}
	whole.Deployable = &yes
	return whole
}
