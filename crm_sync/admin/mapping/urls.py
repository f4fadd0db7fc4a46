"""The addresses of the editor, below those of a connection."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from crm_sync.admin.mapping import carrying, editing, preview, versions
from crm_sync.connector import OBJECTS


class Object(StringConverter):
    regex = "|".join(OBJECTS)


register_converter(Object, "crm_object")

app_name = "mapping"
urlpatterns = [
    path("<crm_object:obj>/", editing.page, name="page"),
    path("<crm_object:obj>/look/", editing.look, name="look"),
    path("<crm_object:obj>/arrange/", editing.arrange, name="arrange"),
    path("<crm_object:obj>/preview/", preview.preview, name="preview"),
    path("<crm_object:obj>/export/", carrying.download, name="export"),
    path("<crm_object:obj>/import/", carrying.bring, name="import"),
    path("<crm_object:obj>/again/", versions.again, name="again"),
    path("<crm_object:obj>/restore/<int:version>/", versions.restore, name="restore"),
]
