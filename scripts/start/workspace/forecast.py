"""Prints tomorrow's forecast. The key of the weather service comes from the environment, never from this file."""

import urllib.request

URL = "https://weather.example/v1/forecast?place=Ghent"

# Put the cursor after the colon and press "Insert Reference" beside a secret.
headers = {"X-Api-Key": ""}

request = urllib.request.Request(URL, headers=headers)
print(request.full_url, "with", len(headers), "header")
