// Package logfile reads logs line by line: plain, gzip, zstd or bzip2, whatever the file is called. It does not know what a line holds.
package logfile
