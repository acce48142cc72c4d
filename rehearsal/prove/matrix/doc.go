// Package matrix lists a change of each key of a stack file, with the resources that up changes for it.
package matrix
