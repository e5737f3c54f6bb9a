package broker

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Row is one pair of versions in a Matrix.
type Row struct {
	Consumer        string          `json:"consumer"`
	ConsumerVersion string          `json:"consumerVersion,omitempty"`
	Provider        string          `json:"provider"`
	ProviderVersion string          `json:"providerVersion,omitempty"` // empty: no version of it verified this pact, or none is there
	Verified        verdict.Verdict `json:"verified"`                  // Unknown: there is no result
	VerifiedAt      string          `json:"verifiedAt,omitempty"`
	Pact            string          `json:"pact,omitempty"`   // URL
	Result          string          `json:"result,omitempty"` // URL
	Ignored         bool            `json:"ignored,omitempty"`
}

// Matrix is which versions were verified with which.
type Matrix struct {
	Deployable *bool    `json:"deployable"` // the broker's own answer; nil: it does not know
	Rows       []Row    `json:"rows"`
	Notices    []string `json:"notices"` // the broker's reasons, for a person
}

// said returns the broker's reasons, without its general advice.
func (m Matrix) said() string {
	reasons := slices.DeleteFunc(slices.Clone(m.Notices), func(text string) bool { return strings.HasPrefix(text, "WARN:") })
	return strings.Join(reasons, " ")
}

// Matrix asks the broker for the rows that decide a question, in one request. CanIDeploy explains them.
func (c *Client) Matrix(ctx context.Context, q Question) (Matrix, error) {
	const op = "ask whether it may be deployed"
	if err := q.validate(); err != nil {
		return Matrix{}, usage(op, "%s", oneLine(err))
	}
	if len(q.encode()) > c.maxQuery {
		return c.matrixInParts(ctx, op, q)
	}
	return c.matrix(ctx, op, q)
}

// matrix asks. The index has no link to the matrix, so its path is the one thing that this client knows by itself.
func (c *Client) matrix(ctx context.Context, op string, q Question) (Matrix, error) {
	if c.base == nil {
		return Matrix{}, usage(op, "no broker is configured: set %s", VariableURL)
	}
	to := c.base.JoinPath("matrix")
	to.RawQuery = q.encode()
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	if err != nil {
		return Matrix{}, err
	}
	var said matrixBody
	if err := c.decode(op, a, &said); err != nil {
		return Matrix{}, err
	}
	if said.Summary == nil || said.Matrix == nil {
		return Matrix{}, c.unexpected(op, a, "the answer is no matrix")
	}
	m := Matrix{Deployable: said.Summary.Deployable, Rows: []Row{}, Notices: []string{}}
	for _, n := range said.Notices {
		m.Notices = append(m.Notices, c.clean(n.Text))
	}
	for _, r := range *said.Matrix {
		row := r.row()
		row.Ignored = q.ignores(row)
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

// matrixBody is the broker's matrix.
type matrixBody struct {
	Summary *struct {
		Deployable *bool `json:"deployable"`
	} `json:"summary"`
	Notices []struct {
		Text string `json:"text"`
	} `json:"notices"`
	Matrix *[]matrixRow `json:"matrix"`
}

type matrixRow struct {
	Consumer, Provider struct {
		Name    string
		Version *struct{ Number string }
	}
	Pact struct {
		Links links `json:"_links"`
	}
	VerificationResult *struct {
		Success    *bool
		VerifiedAt string
		Links      links `json:"_links"`
	}
}

func (r matrixRow) row() Row {
	row := Row{Consumer: r.Consumer.Name, Provider: r.Provider.Name}
	if r.Consumer.Version != nil {
		row.ConsumerVersion = r.Consumer.Version.Number
	}
	if r.Provider.Version != nil {
		row.ProviderVersion = r.Provider.Version.Number
	}
	pact, _ := r.Pact.Links.find("self")
	row.Pact = pact.Href
	if result := r.VerificationResult; result != nil {
		self, _ := result.Links.find("self")
		row.Result, row.VerifiedAt = self.Href, result.VerifiedAt
		if result.Success != nil {
			row.Verified = verdict.Fail
			if *result.Success {
				row.Verified = verdict.Pass
			}
		}
	}
	return row
}
