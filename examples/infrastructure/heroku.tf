# What docs/heroku.md does by hand, as a file: terraform (or tofu) init, then apply.
# The provider reads HEROKU_API_KEY and HEROKU_EMAIL from the environment.

terraform {
  required_version = ">= 1.5"
  required_providers {
    heroku = {
      source  = "heroku/heroku"
      version = "~> 5.2"
    }
  }
}

variable "name" {
  description = "Name of the app; any that is free"
  type        = string
}

variable "source_url" {
  description = "URL of a tar.gz of the repository"
  type        = string
}

variable "tablecast_keys" {
  description = "Who may ask: what `tablecast key NAME` prints, with commas between the keys"
  type        = string
  sensitive   = true
}

resource "heroku_app" "service" {
  name   = var.name
  region = "eu"
  stack  = "container"

  config_vars = {
    WEB_CONCURRENCY = "2"
  }

  sensitive_config_vars = {
    TABLECAST_KEYS = var.tablecast_keys
  }
}

resource "heroku_build" "service" {
  app_id = heroku_app.service.id

  source {
    url = var.source_url
  }
}

resource "heroku_formation" "web" {
  app_id     = heroku_app.service.id
  type       = "web"
  quantity   = 1
  size       = "basic"
  depends_on = [heroku_build.service]
}

output "url" {
  value = heroku_app.service.web_url
}
