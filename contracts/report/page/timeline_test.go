package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func ms(n int) time.Time { return start.Add(time.Duration(n) * time.Millisecond) }

func TestScaleDrawsIdleTimeShort(t *testing.T) {
	s := newScale([]span{{ms(0), ms(100)}, {ms(50), ms(120)}, {ms(60_000), ms(60_120)}}, 100, 836)
	require.Len(t, s.pieces, 3)
	require.Equal(t, 100.0, s.at(ms(0)))
	require.Equal(t, 500.0, s.at(ms(120)))
	require.Equal(t, 300.0, s.at(ms(60)))
	require.Equal(t, 500+idleWidth, s.at(ms(60_000)))
	require.Equal(t, 936.0, s.at(ms(60_120)))
	require.Equal(t, 936.0, s.at(ms(99_999)), "what lies outside is placed at the nearer end")
	require.Equal(t, 100.0, s.at(ms(-5)))
}

func TestScaleKeepsShortPauses(t *testing.T) {
	s := newScale([]span{{ms(0), ms(100)}, {ms(110), ms(200)}}, 0, 200)
	require.Equal(t, 100.0, s.at(ms(100)))
	require.Equal(t, 110.0, s.at(ms(110)))
}

func TestScaleOfOneInstant(t *testing.T) {
	s := newScale([]span{{ms(0), ms(0)}}, 10, 100)
	require.Equal(t, 10.0, s.at(ms(0)))
	require.Equal(t, 0.0, newScale(nil, 10, 100).at(ms(0)))
}

// Attempts through one connection are in one lane, unless they overlap, as they may with HTTP/2.
func TestLaneIsAConnection(t *testing.T) {
	at := func(n int, connection string, from, to int) history.Attempt {
		return history.Attempt{Number: n, Connection: connection, Started: ms(from), Ended: ms(to), Status: 200}
	}
	line := newTimeline("card", history.History{EventID: "evt", Attempts: []history.Attempt{
		at(1, "127.0.0.1:4001", 0, 10), at(2, "127.0.0.1:4001", 20, 30), at(3, "127.0.0.1:4002", 5, 40), at(4, "127.0.0.1:4002", 30, 50),
		at(5, "", 0, 1),
	}}, nil, map[int]bool{2: true})
	var names []string
	for _, l := range line.Lanes {
		names = append(names, l.Name)
	}
	require.Equal(t, []string{"connection :4001", "no connection", "connection :4002", "connection :4002 (2)"}, names)
	lanes := map[int]float64{}
	for i, row := range line.Rows {
		lanes[row.Number] = line.Bars[i].Y
		require.Equal(t, row.Number == 2, line.Bars[i].Named)
	}
	require.Equal(t, lanes[1], lanes[2])
	require.NotEqual(t, lanes[3], lanes[4])
}

func TestCounterexampleJoinsTheTwoThatNoOrderExplains(t *testing.T) {
	h := history.History{EventID: "evt", Attempts: []history.Attempt{
		{Number: 1, Connection: "127.0.0.1:1", Started: ms(0), Ended: ms(10), Status: 200},
		{Number: 2, Connection: "127.0.0.1:2", Started: ms(5), Ended: ms(20), Status: 200},
	}, Observations: []history.Observation{{From: ms(30), At: ms(40), Count: 2}}}
	two := newTimeline("card", h, &history.Counterexample{Words: "two contents", Operations: []history.Operation{
		{ID: 1, Kind: history.Accepted}, {ID: 2, Kind: history.Accepted},
	}}, nil)
	require.False(t, two.Link.Single)
	require.Equal(t, "two contents", two.Link.Words)
	require.Equal(t, two.Lanes[0].Middle, two.Link.Y1)
	require.Equal(t, two.Lanes[1].Middle, two.Link.Y2)

	look := newTimeline("card", h, &history.Counterexample{Rule: "effect-twice", Operations: []history.Operation{
		{Kind: history.Read, Call: 30 * time.Millisecond, Return: 40 * time.Millisecond, Count: 2},
	}}, nil)
	require.True(t, look.Link.Single)
	require.Equal(t, "effect-twice", look.Link.Words)
	require.Equal(t, look.Marks[0].X, look.Link.X1)
	require.Equal(t, look.Marks[0].Y, look.Link.Y1)
}

func TestColourIsOfTheOutcome(t *testing.T) {
	for want, a := range map[string]history.Attempt{
		"accepted": {Status: 202}, "refused": {Status: 409}, "error": {Status: 500}, "lost": {Status: 200, Err: "cut off"},
	} {
		_, class := outcomeOf(a)
		require.Equal(t, want, class)
	}
	words, class := outcomeOf(history.Attempt{Err: "connection refused"})
	require.Equal(t, "lost", class)
	require.Equal(t, "no answer: connection refused", words)
	words, _ = outcomeOf(history.Attempt{Cut: true, Err: "not listened to, on purpose"})
	require.Equal(t, "cut off on purpose", words)
}

func TestWhatDiffersIsMarked(t *testing.T) {
	s := newSides(`{"total":1,"currency":"EUR","status":"open"}`, `{"total":2,"currency":"EUR","status":"paid"}`)
	var changed []string
	for _, p := range s.Got {
		if p.Differs {
			changed = append(changed, p.Text)
		}
	}
	require.Equal(t, []string{"2", "paid"}, changed)
	require.Len(t, newSides("201", "500 Internal Server Error").Got, 1, "texts with little in common are not marked")
	require.Nil(t, newSides("", ""))
}
