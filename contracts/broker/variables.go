package broker

// Variables that a verification of a broker's pacts reads. FromEnv does not read them. Pact's own tools
// have the first two, and flags of these names for the others.
const (
	VariablePactURL         = "PACT_URL"                                 // the one pact to verify, as the broker's webhook names it
	VariablePublish         = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS" // true: publish the results
	VariableProviderVersion = "PACT_PROVIDER_VERSION"                    // the version that is verified; needed to publish
	VariableProviderBranch  = "PACT_PROVIDER_BRANCH"                     // its branch; it also decides what is pending
	VariableProviderTags    = "PACT_PROVIDER_TAGS"                       // its tags, separated by commas
	VariableProviderBuild   = "PACT_PROVIDER_BUILD_URL"                  // the build's page
	VariablePending         = "PACT_ENABLE_PENDING"                      // true: pacts that were never kept must not fail the build
	VariableWIP             = "PACT_INCLUDE_WIP_PACTS_SINCE"             // a day, as 2026-01-31; needs VariablePending and a branch or tags
)
