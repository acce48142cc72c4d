// Package process runs the lab's processes in a separate network namespace, and ends all of them with the lab.
package process
