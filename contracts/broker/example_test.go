package broker_test

import (
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

func ExampleParseSelectors() {
	selectors, err := broker.ParseSelectors(`[{"mainBranch": true}, {"environment": "production"}]`)
	fmt.Println(selectors, err)
	_, err = broker.ParseSelectors(`[{"mainBranch": true, "consumers": "web"}]`)
	fmt.Println(err)
	// Output:
	// [{"mainBranch":true} {"environment":"production"}] <nil>
	// read the consumer version selectors: /0/consumers is no part of a selector; want a JSON array such as [{"mainBranch":true}]
}

func ExampleNew() {
	_, err := broker.New(broker.Config{URL: "https://ci:hush@broker.example.com", Token: "also hush"})
	fmt.Println(strings.ReplaceAll(err.Error(), ": ", ":\n"))
	// Output:
	// configure the Pact Broker:
	// there is a token (PACT_BROKER_TOKEN) and a user or password (PACT_BROKER_USERNAME, PACT_BROKER_PASSWORD):
	// give one of the two
}
