// Package process runs the lab's processes where nothing else can be reached, and leaves none of them behind.
package process
