// Command cni configures the network of a node of the lab with the code of the Amazon VPC CNI plugin. It acts in the
// network namespace in which it is started, as the node agent and the plugin act in that of an EC2 instance. It reads
// one request as JSON from its standard input, and writes the answer to its standard output. The environment has the
// settings of the aws-node DaemonSet. The plugin's log is written to the file in AWS_VPC_K8S_CNI_LOG_FILE, whose
// default is a file of a real node, in /host/var/log; "stderr" is the standard error.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// request is one operation. Exactly one field is set.
type request struct {
	Node      *node `json:"node"`
	Interface *eni  `json:"interface"`
	Add       *pod  `json:"add"`
	Delete    *pod  `json:"delete"`
}

// answer is the result of an operation. Fields that an operation does not have are empty.
type answer struct {
	// RouteTable is the number of the route table for packets from the addresses of an interface.
	RouteTable int `json:"routeTable,omitempty"`
	// HostInterface is the node's end of the pod's virtual interface.
	HostInterface string `json:"hostInterface,omitempty"`
	Error         string `json:"error,omitempty"`
}

func main() {
	runtime.LockOSThread() // operations in a pod's network namespace change that of the thread
	result, err := handleRequest(os.Stdin)
	status := 0
	if err != nil {
		result, status = answer{Error: err.Error()}, 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, "cni:", err)
		status = 1
	}
	os.Exit(status)
}

// handleRequest reads a request and performs its operation.
func handleRequest(from io.Reader) (answer, error) {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	var r request
	if err := decoder.Decode(&r); err != nil {
		return answer{}, fmt.Errorf("request: %w", err)
	}
	switch {
	case r.Node != nil:
		return answer{}, r.Node.setUp()
	case r.Interface != nil:
		return r.Interface.setUp()
	case r.Add != nil:
		return r.Add.add()
	case r.Delete != nil:
		return answer{}, r.Delete.delete()
	}
	return answer{}, errors.New("request: it has none of node, interface, add and delete: set one")
}
