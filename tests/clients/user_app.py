"""What the documentation of globus-sdk tells people to write in a script; run by the tests as a program of its own."""

import json
import sys

from globus_sdk import GlobusAppConfig, TransferClient, UserApp
from globus_sdk.scopes import GCSCollectionScopes, TransferScopes

client_id, flow, collection = sys.argv[1:]
config = GlobusAppConfig(login_flow_manager=flow, token_storage="memory", request_refresh_tokens=True)
with UserApp("a script of mine", client_id=client_id, config=config) as app, TransferClient(app=app) as transfer:
    data_access = GCSCollectionScopes(collection).data_access
    transfer.add_app_scope(TransferScopes.all.with_dependency(data_access))
    files = [entry["name"] for entry in transfer.operation_ls(collection, path="/")]
    app.logout()
print(json.dumps(files))
