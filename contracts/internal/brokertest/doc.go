// Package brokertest gives a test a Pact Broker.
//
// It is a real one in Docker where its image can be had. Where it cannot, the broker is played from the test's
// recording: the exchanges that the same test had with a real Pact Broker, in testdata/broker of the test's package. A
// test that runs against a recording says so in its log and in the file that FRIDAYGATE_NOTES names, and
// FRIDAYGATE_REQUIRE=broker makes it a failure. Against a real broker, a recording that does not match what the test
// asks now fails the test, so that recordings cannot rot; -brokertest.record writes them anew.
package brokertest
