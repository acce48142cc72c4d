package config

import "regexp"

// keyPairName is the name of a key pair: up to 255 ASCII characters, without spaces at its ends
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html).
var keyPairName = regexp.MustCompile(`^[!-~]([ -~]{0,253}[!-~])?$`)

// keyName accepts the name of a key pair, for images with an SSH server.
func (v *validator) keyName(path string, g NodeGroup) {
	switch {
	case g.KeyName == "":
	case !v.matches(path, g.KeyName, keyPairName):
		v.Add(path, "%q is not the name of an EC2 key pair, which has up to 255 ASCII characters and no spaces at its ends", g.KeyName)
	case Bottlerocket(g.AMI):
		v.Add(path, "Bottlerocket runs no SSH server, and its admin container, which has one, is disabled; remove it and use Session Manager (docs/nodes.md#access-to-nodes), or use an AL2023 image")
	}
}
