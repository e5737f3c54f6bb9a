// Package logfile reads logs line by line: plain, gzip, zstd or bzip2, whatever the file is called; and times as logs write them. It does
// not know what else a line holds.
package logfile
