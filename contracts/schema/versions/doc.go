// Package versions finds the versions of JSON Schemas that are to be compared: two files, two folders, a file or a folder
// and what it was at a commit of git, or a folder with all versions of one schema. It compares nothing itself.
package versions
