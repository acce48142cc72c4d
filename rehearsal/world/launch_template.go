package world

import (
	"encoding/base64"
	"time"
)

const launchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate"

var (
	templateUnique = rule("a launch template's name is unique",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html")
	templateUserData = rule("a launch template's user data is base64",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html")
	templateTags = rule("a launch template tags resource types of an instance",
		"creating EC2 Launch Template (%s): operation error EC2: CreateLaunchTemplate, api error InvalidParameterValue: '%s' is not a valid taggable resource type for this operation.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateTagSpecificationRequest.html")
)

func launchTemplateKinds() []*kind {
	return []*kind{{
		typ: launchTemplateType, name: "name", tagged: true, forceNew: []string{"name", "namePrefix"},
		create:   createTemplate,
		update:   updateTemplate,
		creation: 2 * time.Second, deletion: 2 * time.Second,
	}}
}

func createTemplate(c *call, o *Object) error {
	same := c.with(launchTemplateType, "name", o.text("name"))
	err := first(
		templateUnique.when(len(same) > 0, o.text("name")),
		c.templateFits(o))
	if err != nil {
		return err
	}
	o.ID = c.newID("lt-")
	c.showTemplate(o, 1, 1)
	return nil
}

func (w *World) templateFits(o *Object) error {
	_, bad := base64.StdEncoding.DecodeString(o.text("userData"))
	err := first(
		templateUserData.when(bad != nil, o.text("name")),
		w.groupsExist("creating EC2 Launch Template: operation error EC2: CreateLaunchTemplate", texts(o.Inputs["vpcSecurityGroupIds"])))
	specifications, _ := o.Inputs["tagSpecifications"].([]any)
	for _, s := range specifications {
		switch resource, _ := mapOf(s)["resourceType"].(string); resource {
		case "instance", "volume", "network-interface", "elastic-gpu", "spot-instances-request":
		default:
			err = first(err, templateTags.when(true, o.text("name"), resource))
		}
	}
	return err
}

// showTemplate sets a launch template's outputs: its inputs are its latest version.
func (w *World) showTemplate(o *Object, latest, byDefault int) {
	o.show(Properties{"arn": w.arn("ec2", "launch-template/"+o.ID), "defaultVersion": byDefault, "latestVersion": latest,
		"metadataOptions": withDefaults(mapOf(o.Inputs["metadataOptions"]), Properties{"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}),
		"namePrefix":      orText(o.Inputs["namePrefix"], "")})
}

func updateTemplate(c *call, o, old *Object) error {
	if err := c.templateFits(o); err != nil {
		return err
	}
	latest, byDefault := old.number("latestVersion")+1, old.number("defaultVersion")
	if given := o.Inputs["defaultVersion"]; given != nil {
		byDefault = integer(given)
	}
	if update, _ := o.Inputs["updateDefaultVersion"].(bool); update {
		byDefault = latest
	}
	c.showTemplate(o, latest, byDefault)
	return nil
}

// tagsFor returns the tags of a launch template for a resource that it creates ("instance", "volume", …).
func tagsFor(template *Object, resource string) map[string]any {
	tags := map[string]any{}
	if template == nil {
		return tags
	}
	specifications, _ := template.Inputs["tagSpecifications"].([]any)
	for _, s := range specifications {
		if mapOf(s)["resourceType"] == resource {
			for key, value := range mapOf(mapOf(s)["tags"]) {
				tags[key] = value
			}
		}
	}
	return tags
}
