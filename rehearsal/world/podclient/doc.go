// Package podclient simulates what programs in pods need to call the API server and AWS.
package podclient
