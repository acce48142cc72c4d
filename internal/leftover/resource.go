package leftover

// Resource is a resource as its service describes it.
type Resource struct {
	// Type is a type of Kinds. ID is what the deletion needs: an ID, an ARN or a name.
	Type string `json:"type"`
	ID   string `json:"id"`
	// ARN is the ARN or its last part. It and Name, Description and VPC are "" where the resource has none.
	ARN         string `json:"arn,omitempty"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	VPC         string `json:"vpc,omitempty"`
	// State is what the service reports, such as available.
	State string            `json:"state,omitempty"`
	Tags  map[string]string `json:"tags,omitempty"`
	// Fields are what else the command that deletes the resource needs.
	Fields map[string]string `json:"-"`
	// Before are the commands that delete its parts first.
	Before []string `json:"-"`
	// Size is the number of units that AWS bills, 1 if the resource itself is billed.
	Size float64 `json:"-"`
	// Ending says what deletes the resource automatically, such as KMS on a date, "" for nothing.
	Ending string `json:"ending,omitempty"`
	// Protected says which setting prevents the deletion, "" for none.
	Protected string `json:"protected,omitempty"`
	// Relation says how a resource without a key is related to the stack, "" for a resource that is not.
	Relation string `json:"relation,omitempty"`
	// Users are the principals or resources that use it, as far as its service reports them.
	Users []string `json:"users,omitempty"`
}

// Commands returns the commands that delete a resource with its parts, in this order.
func (r Resource) Commands() []string {
	kind, known := KindOf(r.Type)
	if !known {
		return r.Before
	}
	return append(append([]string{}, r.Before...), kind.RemovalCommand(r.ID, r.Fields))
}

// MonthlyCost is what a resource costs in a month, by the list prices of its kind.
func (r Resource) MonthlyCost() float64 {
	kind, _ := KindOf(r.Type)
	return kind.MonthlyCost(r.Size)
}
