// Package service is what the reference services share: settings from the environment, the lifecycle of the HTTP
// server, supervised tasks, logs, traces and metrics. It contains no business logic and no database table.
package service
