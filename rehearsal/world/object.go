package world

import (
	"encoding/json"
	"fmt"
)

// Object is one thing that exists in the account or in a cluster, whether the operator's program made it or an actor.
type Object struct {
	// Type is the Pulumi token, also for things that no Pulumi program owns, such as a node's network interface.
	Type string `json:"type"`
	// ID is the provider's id: subnet-0a1b…, an ARN, a name, or namespace/name in a cluster.
	ID string `json:"id"`
	// Cluster is the name of the EKS cluster that a Kubernetes object lives in, "" for AWS's own.
	Cluster string `json:"cluster,omitempty"`
	// Owner is the actor that made it ("eks", "vpc-cni", …), "" for what the program made.
	Owner string `json:"owner,omitempty"`

	Inputs  Properties `json:"inputs,omitempty"`
	Outputs Properties `json:"outputs,omitempty"`
	// Facts are what the account knows of it and no provider shows, such as the state of a NAT gateway.
	Facts Properties `json:"facts,omitempty"`
}

// key is the identity of an object in the world.
type key struct{ cluster, typ, id string }

func (o *Object) key() key { return key{o.Cluster, o.Type, o.ID} }

// as decodes properties into a struct with json tags, such as a subnet or a node group.
func as[T any](properties Properties) (T, error) {
	var value T
	raw, err := json.Marshal(properties)
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err != nil {
		return value, fmt.Errorf("properties as %T: %w", value, err)
	}
	return value, nil
}

// clone is a deep copy, so that no caller holds a piece of the world.
func clone(properties Properties) Properties {
	if properties == nil {
		return nil
	}
	return cloneValue(properties).(map[string]any)
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for k, e := range v {
			copied[k] = cloneValue(e)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, e := range v {
			copied[i] = cloneValue(e)
		}
		return copied
	case int:
		return float64(v) // as JSON has it
	default:
		return v
	}
}
