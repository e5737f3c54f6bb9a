// Package service is what the reference services have in common: settings from the environment, the HTTP
// server's life, supervised tasks, logs, traces and metrics. It knows no business and no database table.
package service
