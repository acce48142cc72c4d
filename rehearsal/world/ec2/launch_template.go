package ec2

import (
	"encoding/base64"
	"maps"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	TemplateUnique = store.NewRule("a launch template's name is unique",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html")
	TemplateUserData = store.NewRule("a launch template's user data is base64",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html")
	TemplateTags = store.NewRule("a launch template tags resource types of an instance",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidParameterValue: '%s' is not a valid taggable resource type for this operation.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateTagSpecificationRequest.html")
)

// LaunchTemplate is a launch template.
type LaunchTemplate struct {
	Name              string              `json:"name"`
	InstanceType      string              `json:"instanceType"`
	Image             string              `json:"imageId"`
	UserData          string              `json:"userData"` // in base64
	KeyName           string              `json:"keyName"`
	Groups            []string            `json:"vpcSecurityGroupIds"`
	Interfaces        []TemplateInterface `json:"networkInterfaces"`
	Metadata          MetadataOptions     `json:"metadataOptions"`
	Devices           []BlockDevice       `json:"blockDeviceMappings"`
	TagSpecifications []TagSpecification  `json:"tagSpecifications"`
	InstanceProfile   *struct{}           `json:"iamInstanceProfile"`
	MarketOptions     *struct{}           `json:"instanceMarketOptions"`
	LatestVersion     int                 `json:"latestVersion"`
	DefaultVersion    int                 `json:"defaultVersion"`
	UpdateDefault     bool                `json:"updateDefaultVersion"`
}

// TemplateInterface is a network interface in a launch template.
type TemplateInterface struct {
	Subnet *string  `json:"subnetId"`
	Groups []string `json:"securityGroups"`
}

// MetadataOptions are the options of an instance's metadata service.
type MetadataOptions struct {
	HopLimit int `json:"httpPutResponseHopLimit"`
}

// TagSpecification holds the tags for a type of resource that a launch template creates ("instance", "volume", …).
type TagSpecification struct {
	Resource string         `json:"resourceType"`
	Tags     map[string]any `json:"tags"`
}

// BlockDevice is a volume of the instances.
type BlockDevice struct {
	EBS struct {
		GiB int `json:"volumeSize"`
	} `json:"ebs"`
}

// LargestVolumeMiB returns the size of the largest volume, 0 if the image decides it.
func (t *LaunchTemplate) LargestVolumeMiB() int {
	most := 0
	for _, device := range t.Devices {
		most = max(most, 1024*device.EBS.GiB)
	}
	return most
}

// LaunchTemplateOf returns the properties of a launch template.
func LaunchTemplateOf(o *store.Object) *LaunchTemplate { return store.Decode[LaunchTemplate](o) }

func launchTemplateKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.LaunchTemplateType, Name: "name", Tagged: true, ForceNew: []string{"name", "namePrefix"},
		Create:   createTemplate,
		Update:   updateTemplate,
		Creation: 2 * time.Second, Deletion: 2 * time.Second,
	}}
}

func createTemplate(c *store.Call, o *store.Object) error {
	name := LaunchTemplateOf(o).Name
	same := c.With(store.LaunchTemplateType, "name", name)
	err := store.First(
		TemplateUnique.When(len(same) > 0, name),
		templateFits(c.Account, o))
	if err != nil {
		return err
	}
	o.ID = c.NewID("lt-")
	showTemplate(c.Account, o, 1, 1)
	return nil
}

func templateFits(w *store.Account, o *store.Object) error {
	t, _ := store.As[LaunchTemplate](o.Inputs)
	_, bad := base64.StdEncoding.DecodeString(t.UserData)
	err := store.First(
		TemplateUserData.When(bad != nil, t.Name),
		CheckSecurityGroups(w, "creating EC2 Launch Template: operation error EC2: CreateLaunchTemplate", t.Groups))
	for _, s := range t.TagSpecifications {
		switch s.Resource {
		case "instance", "volume", "network-interface", "elastic-gpu", "spot-instances-request":
		default:
			err = store.First(err, TemplateTags.When(true, t.Name, s.Resource))
		}
	}
	return err
}

// showTemplate sets a launch template's outputs: its inputs are its latest version.
func showTemplate(w *store.Account, o *store.Object, latest, byDefault int) {
	o.Show(store.Properties{"arn": w.ARN("ec2", "launch-template/"+o.ID), "defaultVersion": byDefault, "latestVersion": latest,
		"metadataOptions": WithDefaults(store.MapOf(o.Inputs["metadataOptions"]), store.Properties{"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}),
		"namePrefix":      store.OrText(o.Inputs["namePrefix"], "")})
}

func updateTemplate(c *store.Call, o, old *store.Object) error {
	if err := templateFits(c.Account, o); err != nil {
		return err
	}
	before := LaunchTemplateOf(old)
	latest, byDefault := before.LatestVersion+1, before.DefaultVersion
	given, _ := store.As[LaunchTemplate](o.Inputs)
	if o.Inputs["defaultVersion"] != nil {
		byDefault = given.DefaultVersion
	}
	if given.UpdateDefault {
		byDefault = latest
	}
	showTemplate(c.Account, o, latest, byDefault)
	return nil
}

// HoldKeyPair adds a key pair of the operator, which belongs to no stack; an existing one does not change.
func HoldKeyPair(w *store.Account, name string) {
	if w.Get(store.KeyPairType, name) == nil {
		w.Put(&store.Object{Type: store.KeyPairType, ID: name, Owner: store.OperatorOwner})
	}
}

// TagsFor returns the tags of a launch template for a resource that it creates ("instance", "volume", …).
func TagsFor(template *store.Object, resource string) map[string]any {
	tags := map[string]any{}
	if template == nil {
		return tags
	}
	for _, s := range LaunchTemplateOf(template).TagSpecifications {
		if s.Resource == resource {
			maps.Copy(tags, s.Tags)
		}
	}
	return tags
}
