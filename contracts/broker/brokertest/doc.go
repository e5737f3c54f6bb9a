// Package brokertest starts a Pact Broker for a test.
//
// It is a real one in Docker if the image is available. Otherwise it replays the test's recording: the exchanges that
// the same test had with a real Pact Broker, in testdata/broker of the test's package. A test that runs against a
// recording notes that in its log and in the file that FRIDAYGATE_NOTES names; FRIDAYGATE_REQUIRE=broker makes it fail
// instead. Against a real broker, a recording that differs from the test's requests fails the test, so that recordings
// cannot become stale; -brokertest.record writes them again.
package brokertest
