package main

import (
	"strconv"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// A flag and its value may be joined by "=", and a value that begins like a flag is none.
func TestFlagsBelongToThePacticipantBeforeThem(t *testing.T) {
	for n, args := range [][]string{
		{"can-i-deploy", "--pacticipant=web", "--version=1", "--pacticipant", "api", "--latest", "dev", "--ignore=pay", "--version=3"},
		{"can-i-deploy", "-a", "web", "-e", "1", "-a=api", "-l=dev", "--ignore", "pay", "-e", "3"},
	} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			var line commands
			require.NoError(t, parse(t, &line, args))
			require.Equal(t, broker.Question{
				Versions: []broker.VersionSelector{{Pacticipant: "web", Version: "1"}, {Pacticipant: "api", Tag: "dev", Latest: true}},
				Ignore:   []broker.VersionSelector{{Pacticipant: "pay", Version: "3"}},
			}, line.CanIDeploy.question)
		})
	}
	for _, args := range [][]string{
		{"can-i-deploy", "--version", "1", "--pacticipant", "web"},
		{"can-i-deploy", "--pacticipant", "web", "--version="},
		{"can-i-deploy", "--pacticipant", "web", "--version", "1", "--version", "2"},
	} {
		require.Error(t, parse(t, &commands{}, args), args)
	}
}

func parse(t *testing.T, line *commands, args []string) error {
	t.Helper()
	parser, err := kong.New(line, kong.Vars{"formats": formatNames()})
	require.NoError(t, err)
	_, err = parser.Parse(joined(args))
	return err
}
