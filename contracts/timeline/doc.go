// Package timeline merges what is known of one event into one ordered list: the attempts and effects of a smoke run's report, and
// the logs and OpenTelemetry spans of the services that it went through. Lines are found by the event's id, by the request and
// trace ids of its attempts, and by the ids that the lines found so far name beside these; each row says why it is there.
//
// The clocks of the services are compared with that of the gate as NTP does, and where the error of that leaves the order
// of two rows open, the rows say so. Package timeline judges nothing, and does not ask services.
package timeline
