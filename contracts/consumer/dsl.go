package consumer

import (
	dsl "github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
	messages "github.com/pact-foundation/pact-go/v2/message/v4"
	"github.com/pact-foundation/pact-go/v2/models"
)

// The parts of pact-go's DSL that a suite is written with, so that it needs no second package named consumer.
type (
	// HTTPPact is where an HTTP interaction begins: with AddInteraction.
	HTTPPact = dsl.V4HTTPMockProvider
	// HTTPInteraction is a whole HTTP interaction: the result of WillRespondWith.
	HTTPInteraction = dsl.V4InteractionWithResponse
	// Request describes the request of an HTTP interaction.
	Request = dsl.V4RequestBuilder
	// RequestFunc is a piece of such a description.
	RequestFunc = dsl.V4RequestBuilderFunc
	// Response describes the answer of an HTTP interaction.
	Response = dsl.V4ResponseBuilder
	// ResponseFunc is a piece of such a description.
	ResponseFunc = dsl.V4ResponseBuilderFunc

	// MessageBuilder is where a message begins: with its provider states, and ExpectsToReceive.
	MessageBuilder = messages.AsynchronousMessageBuilder
	// MessageInteraction is a whole message: the result of WithContent and WithJSONContent.
	MessageInteraction = messages.AsynchronousMessageWithContents

	// SyncMessagePact is where a message with an answer begins: with AddSynchronousMessage.
	SyncMessagePact = messages.SynchronousPact
	// SyncMessageInteraction is a whole message with its answer: the result of WithResponse.
	SyncMessageInteraction = messages.SynchronousMessageWithResponse
	// SyncMessageRequest describes what the consumer sends.
	SyncMessageRequest = messages.SynchronousMessageWithRequestBuilder
	// SyncMessageResponse describes what the provider answers. Its metadata must come after its content:
	// libpact_ffi forgets them otherwise.
	SyncMessageResponse = messages.SynchronousMessageWithResponseBuilder

	// Matcher describes how a value may differ from its example.
	Matcher = matchers.Matcher
	// ProviderState is a state that an interaction needs, with its parameters.
	ProviderState = models.ProviderState
)
