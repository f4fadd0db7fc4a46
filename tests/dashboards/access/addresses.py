"""What every address answers to every role: a new address is added here, or the tests fail."""

# ruff: noqa: E501 - the table is read by its columns

ROLES = ("anonymous", "viewer", "operator", "manager", "admin")

# The address; five answers to a GET and five to a POST, to anonymous, viewer, operator, manager,
# admin. The rows belong to nobody of them; what a file's owner may do besides is tested elsewhere.
TABLE = """
/                                                                302 302 302 302 302   302 302 302 302 302
/admin/                                                          302 200 200 200 200   302 200 200 200 200
/admin/<app_label>/                                              302 200 200 200 200   302 200 200 200 200
/admin/<url>                                                     302 404 404 404 404   302 404 404 404 404
/admin/alerts/                                                   302 200 200 200 200   302 200 200 200 200
/admin/alerts/<int:alert_id>/acknowledge/                        405 405 405 405 405   302 403 403 302 302
/admin/alerts/<int:alert_id>/mute/                               405 405 405 405 405   302 403 403 302 302
/admin/alerts/channels/                                          302 403 403 403 200   302 403 403 403 200
/admin/alerts/channels/<str:kind>/test/                          405 405 405 405 405   302 403 403 403 302
/admin/alerts/live/                                              403 200 200 200 200   403 200 200 200 200
/admin/alerts/notices/<int:notice_id>/again/                     405 405 405 405 405   302 403 403 403 302
/admin/alerts/strip/                                             403 200 200 200 200   403 200 200 200 200
/admin/alerts/thresholds/                                        302 403 403 200 200   302 403 403 200 200
/admin/auth/group/                                               302 403 403 403 200   302 403 403 403 200
/admin/auth/group/<path:object_id>/                              302 302 302 302 302   302 302 302 302 302
/admin/auth/group/<path:object_id>/change/                       302 403 403 403 200   302 403 403 403 302
/admin/auth/group/<path:object_id>/delete/                       302 403 403 403 200   302 403 403 403 302
/admin/auth/group/<path:object_id>/history/                      302 403 403 403 200   302 403 403 403 200
/admin/auth/group/add/                                           302 403 403 403 200   302 403 403 403 302
/admin/auth/user/                                                302 403 403 403 200   302 403 403 403 200
/admin/auth/user/<id>/password/                                  302 403 403 403 200   302 403 403 403 200
/admin/auth/user/<path:object_id>/                               302 302 302 302 302   302 302 302 302 302
/admin/auth/user/<path:object_id>/change/                        302 403 403 403 200   302 403 403 403 200
/admin/auth/user/<path:object_id>/delete/                        302 403 403 403 403   302 403 403 403 403
/admin/auth/user/<path:object_id>/history/                       302 403 403 403 200   302 403 403 403 200
/admin/auth/user/<path:object_id>/unlock/                        302 403 403 403 200   302 403 403 403 200
/admin/auth/user/add/                                            302 403 403 403 200   302 403 403 403 200
/admin/autocomplete/                                             302 403 403 403 403   302 405 405 405 405
/admin/circuits/                                                 302 200 200 200 200   302 200 200 200 200
/admin/circuits/<str:key>/                                       302 403 403 200 200   302 403 403 302 302
/admin/circuits/table/                                           403 200 200 200 200   403 200 200 200 200
/admin/contacts/bulkaction/                                      302 403 403 200 200   302 403 403 200 200
/admin/contacts/bulkaction/<int:pk>/change/                      302 403 403 200 200   302 405 405 405 405
/admin/contacts/bulkaction/<int:pk>/progress/                    302 403 403 200 200   302 405 405 405 405
/admin/contacts/bulkaction/<int:pk>/undo/                        302 405 405 405 405   302 403 403 302 302
/admin/contacts/bulkaction/<path:object_id>/                     302 302 302 302 302   302 302 302 302 302
/admin/contacts/bulkaction/<path:object_id>/change/              302 403 403 200 200   302 405 405 405 405
/admin/contacts/bulkaction/<path:object_id>/delete/              302 403 403 403 403   302 403 403 403 403
/admin/contacts/bulkaction/<path:object_id>/history/             302 403 403 200 200   302 403 403 200 200
/admin/contacts/bulkaction/add/                                  302 403 403 403 403   302 403 403 403 403
/admin/contacts/company/                                         302 200 200 200 200   302 200 200 200 200
/admin/contacts/company/<path:object_id>/                        302 302 302 302 302   302 302 302 302 302
/admin/contacts/company/<path:object_id>/change/                 302 200 200 200 200   302 403 200 200 200
/admin/contacts/company/<path:object_id>/delete/                 302 403 403 403 403   302 403 403 403 403
/admin/contacts/company/<path:object_id>/history/                302 200 200 200 200   302 200 200 200 200
/admin/contacts/company/add/                                     302 403 403 403 403   302 403 403 403 403
/admin/contacts/contact/                                         302 200 200 200 200   302 200 200 200 200
/admin/contacts/contact/<contact_id:pk>/change/                  302 200 200 200 200   405 405 405 405 405
/admin/contacts/contact/<contact_id:pk>/field/<slug:name>/       302 200 200 200 200   405 405 405 405 405
/admin/contacts/contact/<contact_id:pk>/field/<slug:name>/edit/  302 403 200 200 200   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/field/<slug:name>/give-back/ 405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/notes/                   405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/notes/<contact_id:note_id>/delete/ 405 405 405 405 405   302 403 403 403 403
/admin/contacts/contact/<contact_id:pk>/messages/look/           405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/messages/send/           405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/tab/<contact_tab:name>/  302 200 200 200 200   405 405 405 405 405
/admin/contacts/contact/<contact_id:pk>/tags/                    405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/tags/<contact_id:tag_id>/remove/ 405 405 405 405 405   302 403 200 200 200
/admin/contacts/contact/<contact_id:pk>/tags/suggest/            302 403 200 200 200   405 405 405 405 405
/admin/contacts/contact/<int:pk>/erase/                          302 403 403 403 200   302 403 403 403 200
/admin/contacts/contact/<path:object_id>/                        302 302 302 302 302   302 302 302 302 302
/admin/contacts/contact/<path:object_id>/change/                 302 200 200 200 200   405 405 405 405 405
/admin/contacts/contact/<path:object_id>/delete/                 302 403 403 403 403   302 403 403 403 403
/admin/contacts/contact/<path:object_id>/history/                302 200 200 200 200   302 200 200 200 200
/admin/contacts/contact/add/                                     302 403 403 403 403   302 403 403 403 403
/admin/contacts/contact/bulk/                                    302 405 405 405 405   302 302 302 302 302
/admin/contacts/contact/bulk/<slug:kind>/                        302 403 200 200 200   302 403 200 200 200
/admin/contacts/contact/columns/                                 302 405 405 405 405   302 302 302 302 302
/admin/contacts/contact/count/                                   302 200 200 200 200   302 405 405 405 405
/admin/contacts/contact/suggest/<slug:name>/                     302 200 200 200 200   302 405 405 405 405
/admin/contacts/erasure/                                         302 403 403 403 200   302 403 403 403 200
/admin/contacts/erasure/<int:pk>/go_on/                          302 405 405 405 405   302 403 403 403 302
/admin/contacts/erasure/<int:pk>/progress/                       302 403 403 403 200   302 405 405 405 405
/admin/contacts/erasure/<int:pk>/receipt/                        302 403 403 403 200   302 405 405 405 405
/admin/contacts/erasure/<path:object_id>/                        302 302 302 302 302   302 302 302 302 302
/admin/contacts/erasure/<path:object_id>/change/                 302 403 403 403 200   302 403 403 403 200
/admin/contacts/erasure/<path:object_id>/delete/                 302 403 403 403 403   302 403 403 403 403
/admin/contacts/erasure/<path:object_id>/history/                302 403 403 403 200   302 403 403 403 200
/admin/contacts/erasure/add/                                     302 403 403 403 200   302 403 403 403 200
/admin/contacts/export/                                          302 403 200 200 200   302 403 200 200 200
/admin/contacts/export/<int:pk>/again/                           302 405 405 405 405   302 403 302 302 302
/admin/contacts/export/<int:pk>/cancel/                          302 405 405 405 405   302 403 403 302 302
/admin/contacts/export/<int:pk>/download/                        302 403 403 302 302   302 405 405 405 405
/admin/contacts/export/<int:pk>/progress/                        302 403 200 200 200   302 405 405 405 405
/admin/contacts/export/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/contacts/export/<path:object_id>/change/                  302 403 200 200 200   302 403 200 200 200
/admin/contacts/export/<path:object_id>/delete/                  302 403 403 200 200   302 403 403 302 302
/admin/contacts/export/<path:object_id>/history/                 302 302 200 200 200   302 302 200 200 200
/admin/contacts/export/add/                                      302 403 200 200 200   302 403 200 200 200
/admin/contacts/export/count/                                    302 403 200 200 200   302 405 405 405 405
/admin/contacts/export/sets/<int:pk>/delete/                     302 405 405 405 405   302 403 404 404 404
/admin/contacts/exportdownload/                                  302 403 403 200 200   302 403 403 200 200
/admin/contacts/exportdownload/<path:object_id>/                 302 302 302 302 302   302 302 302 302 302
/admin/contacts/exportdownload/<path:object_id>/change/          302 403 403 200 200   302 403 403 403 403
/admin/contacts/exportdownload/<path:object_id>/delete/          302 403 403 403 403   302 403 403 403 403
/admin/contacts/exportdownload/<path:object_id>/history/         302 403 403 200 200   302 403 403 200 200
/admin/contacts/exportdownload/add/                              302 403 403 403 403   302 403 403 403 403
/admin/contacts/import/                                          302 200 200 200 200   302 200 200 200 200
/admin/contacts/import/<int:pk>/forecast/                        302 403 403 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/go_on/                           302 405 405 405 405   302 403 403 302 302
/admin/contacts/import/<int:pk>/mapping/                         302 403 403 200 200   302 403 403 200 200
/admin/contacts/import/<int:pk>/preview/                         302 405 405 405 405   302 403 403 200 200
/admin/contacts/import/<int:pk>/progress/                        302 200 200 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/rejected.csv                     302 403 200 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/rejected/                        302 200 200 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/rows/                            302 200 200 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/start/                           302 405 405 405 405   302 403 403 302 302
/admin/contacts/import/<int:pk>/stop/                            302 405 405 405 405   302 403 403 302 302
/admin/contacts/import/<int:pk>/summary/                         302 403 403 200 200   302 405 405 405 405
/admin/contacts/import/<int:pk>/undo/                            302 403 403 200 200   302 403 403 302 302
/admin/contacts/import/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/contacts/import/<path:object_id>/change/                  302 200 200 200 200   302 200 200 200 200
/admin/contacts/import/<path:object_id>/delete/                  302 403 403 200 200   302 403 403 302 302
/admin/contacts/import/<path:object_id>/history/                 302 200 200 200 200   302 200 200 200 200
/admin/contacts/import/add/                                      302 403 200 200 200   302 403 302 302 302
/admin/contacts/suppression/                                     302 200 200 200 200   302 200 200 200 200
/admin/contacts/suppression/<path:object_id>/                    302 302 302 302 302   302 302 302 302 302
/admin/contacts/suppression/<path:object_id>/change/             302 302 302 302 302   302 302 302 302 302
/admin/contacts/suppression/<path:object_id>/delete/             302 403 403 403 403   302 403 403 403 403
/admin/contacts/suppression/<path:object_id>/history/            302 200 200 200 200   302 200 200 200 200
/admin/contacts/suppression/add/                                 302 403 200 200 200   302 403 200 200 200
/admin/contacts/suppression/lift/                                302 405 405 405 405   302 403 403 302 302
/admin/contacts/suppression/number/                              302 302 302 302 302   302 405 405 405 405
/admin/contacts/suppressionlist/                                 302 200 200 200 200   302 200 200 200 200
/admin/contacts/suppressionlist/<int:pk>/age/                    302 405 405 405 405   302 403 403 302 302
/admin/contacts/suppressionlist/<int:pk>/progress/               302 200 200 200 200   302 405 405 405 405
/admin/contacts/suppressionlist/<int:pk>/refused.csv             302 403 200 200 200   302 405 405 405 405
/admin/contacts/suppressionlist/<int:pk>/replace/                302 403 403 200 200   302 403 403 200 200
/admin/contacts/suppressionlist/<path:object_id>/                302 302 302 302 302   302 302 302 302 302
/admin/contacts/suppressionlist/<path:object_id>/change/         302 200 200 200 200   302 200 200 200 200
/admin/contacts/suppressionlist/<path:object_id>/delete/         302 403 403 200 200   302 403 403 302 302
/admin/contacts/suppressionlist/<path:object_id>/history/        302 200 200 200 200   302 200 200 200 200
/admin/contacts/suppressionlist/add/                             302 403 200 200 200   302 403 200 200 200
/admin/contacts/worker/                                          302 200 200 200 200   302 200 200 200 200
/admin/contacts/worker/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/contacts/worker/<path:object_id>/change/                  302 200 200 200 200   302 403 403 403 403
/admin/contacts/worker/<path:object_id>/delete/                  302 403 403 403 403   302 403 403 403 403
/admin/contacts/worker/<path:object_id>/history/                 302 200 200 200 200   302 200 200 200 200
/admin/contacts/worker/add/                                      302 403 403 403 403   302 403 403 403 403
/admin/crm_sync/connection/                                      302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/ 302 403 200 200 200   302 403 403 302 302
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/again/ 302 405 405 405 405   302 403 403 302 302
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/arrange/ 302 405 405 405 405   302 403 403 200 200
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/export/ 302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/import/ 302 405 405 405 405   302 403 403 200 200
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/look/ 302 405 405 405 405   302 403 403 200 200
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/preview/ 302 405 405 405 405   302 403 200 200 200
/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/restore/<int:version>/ 302 405 405 405 405   302 403 403 404 404
/admin/crm_sync/connection/<int:pk>/choose/                      302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:pk>/choose/settle/               302 405 405 405 405   302 403 403 404 404
/admin/crm_sync/connection/<int:pk>/code/                        302 403 403 403 302   302 405 405 405 405
/admin/crm_sync/connection/<int:pk>/code/ask/                    302 405 405 405 405   302 403 403 403 200
/admin/crm_sync/connection/<int:pk>/conflicts/                   302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:pk>/deletions/                   302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:pk>/forget/                      302 403 403 403 200   302 403 403 403 302
/admin/crm_sync/connection/<int:pk>/refused/                     302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<int:pk>/refused/again/               302 405 405 405 405   302 403 403 302 302
/admin/crm_sync/connection/<int:pk>/save/<slug:section>/         302 405 405 405 405   302 403 403 302 302
/admin/crm_sync/connection/<int:pk>/sign-in/                     302 405 405 405 405   302 403 403 403 302
/admin/crm_sync/connection/<int:pk>/sign-out/                    302 405 405 405 405   302 403 403 403 302
/admin/crm_sync/connection/<int:pk>/start/                       302 405 405 405 405   302 403 403 404 404
/admin/crm_sync/connection/<int:pk>/test/                        302 405 405 405 405   302 403 403 200 200
/admin/crm_sync/connection/<path:object_id>/                     302 302 302 302 302   302 302 302 302 302
/admin/crm_sync/connection/<path:object_id>/change/              302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/connection/<path:object_id>/delete/              302 403 403 403 403   302 403 403 403 403
/admin/crm_sync/connection/<path:object_id>/history/             302 403 200 200 200   302 403 200 200 200
/admin/crm_sync/connection/add/                                  302 403 403 403 200   302 403 403 403 200
/admin/crm_sync/referral/                                        302 200 200 200 200   302 200 200 200 200
/admin/crm_sync/referral/<int:pk>/accept/                        302 403 403 200 200   302 403 403 302 302
/admin/crm_sync/referral/<int:pk>/decline/                       302 403 403 200 200   302 403 403 302 302
/admin/crm_sync/referral/<int:pk>/lead/                          302 405 405 405 405   302 403 302 302 302
/admin/crm_sync/referral/<int:pk>/link/                          302 405 405 405 405   302 403 200 200 200
/admin/crm_sync/referral/<int:pk>/unlink/                        302 405 405 405 405   302 403 302 302 302
/admin/crm_sync/referral/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/crm_sync/referral/<path:object_id>/change/                302 200 200 200 200   302 200 200 200 200
/admin/crm_sync/referral/<path:object_id>/delete/                302 403 403 403 403   302 403 403 403 403
/admin/crm_sync/referral/<path:object_id>/history/               302 200 200 200 200   302 200 200 200 200
/admin/crm_sync/referral/<int:pk>/withdraw/                      302 405 405 405 405   302 403 403 302 302
/admin/crm_sync/referral/add/                                    302 403 403 403 403   302 403 403 403 403
/admin/crm_sync/sync/                                            302 403 200 200 200   302 403 200 200 200
/admin/crm_sync/sync/<int:pk>/live/                              302 403 200 200 200   302 405 405 405 405
/admin/crm_sync/sync/<int:pk>/stop/                              302 405 405 405 405   302 403 403 302 302
/admin/crm_sync/sync/<path:object_id>/                           302 302 302 302 302   302 302 302 302 302
/admin/crm_sync/sync/<path:object_id>/change/                    302 403 200 200 200   302 403 200 200 200
/admin/crm_sync/sync/<path:object_id>/delete/                    302 403 403 403 403   302 403 403 403 403
/admin/crm_sync/sync/<path:object_id>/history/                   302 403 200 200 200   302 403 200 200 200
/admin/crm_sync/sync/add/                                        302 403 403 403 403   302 403 403 403 403
/admin/django_celery_beat/periodictask/                          302 403 403 403 200   302 403 403 403 200
/admin/django_celery_beat/periodictask/<path:object_id>/         302 302 302 302 302   302 302 302 302 302
/admin/django_celery_beat/periodictask/<path:object_id>/change/  302 403 403 403 200   302 403 403 403 200
/admin/django_celery_beat/periodictask/<path:object_id>/delete/  302 403 403 403 200   302 403 403 403 302
/admin/django_celery_beat/periodictask/<path:object_id>/history/ 302 403 403 403 200   302 403 403 403 200
/admin/django_celery_beat/periodictask/add/                      302 403 403 403 200   302 403 403 403 200
/admin/enrichment/answer/                                        302 200 200 200 200   302 200 200 200 200
/admin/enrichment/answer/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/enrichment/answer/<path:object_id>/change/                302 200 200 200 200   302 403 403 403 403
/admin/enrichment/answer/<path:object_id>/delete/                302 403 403 403 403   302 403 403 403 403
/admin/enrichment/answer/<path:object_id>/history/               302 200 200 200 200   302 200 200 200 200
/admin/enrichment/answer/add/                                    302 403 403 403 403   302 403 403 403 403
/admin/enrichment/discovery/                                     302 200 200 200 200   302 200 200 200 200
/admin/enrichment/discovery/<int:pk>/again/                      302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<int:pk>/approve/                    302 405 405 405 405   302 403 403 302 302
/admin/enrichment/discovery/<int:pk>/cancel/                     302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<int:pk>/cap/                        302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<int:pk>/companies/                  302 200 200 200 200   302 405 405 405 405
/admin/enrichment/discovery/<int:pk>/estimate/                   302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<int:pk>/live/                       302 200 200 200 200   302 405 405 405 405
/admin/enrichment/discovery/<int:pk>/pause/                      302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<int:pk>/resume/                     302 405 405 405 405   302 403 302 302 302
/admin/enrichment/discovery/<path:object_id>/                    302 302 302 302 302   302 302 302 302 302
/admin/enrichment/discovery/<path:object_id>/change/             302 200 200 200 200   302 200 200 200 200
/admin/enrichment/discovery/<path:object_id>/delete/             302 403 403 403 403   302 403 403 403 403
/admin/enrichment/discovery/<path:object_id>/history/            302 200 200 200 200   302 200 200 200 200
/admin/enrichment/discovery/add/                                 302 403 200 200 200   302 403 200 200 200
/admin/enrichment/leadscore/                                     302 200 200 200 200   302 200 200 200 200
/admin/enrichment/leadscore/<int:pk>/rescan/                     302 405 405 405 405   302 403 302 302 302
/admin/enrichment/leadscore/<path:object_id>/                    302 302 302 302 302   302 302 302 302 302
/admin/enrichment/leadscore/<path:object_id>/change/             302 200 200 200 200   302 200 200 200 200
/admin/enrichment/leadscore/<path:object_id>/delete/             302 403 403 403 403   302 403 403 403 403
/admin/enrichment/leadscore/<path:object_id>/history/            302 200 200 200 200   302 200 200 200 200
/admin/enrichment/leadscore/add/                                 302 403 200 200 200   302 403 200 200 200
/admin/enrichment/leadscore/scans/<int:scan_id>/                 302 200 200 200 200   302 405 405 405 405
/admin/enrichment/leadscore/scans/<int:scan_id>/progress/        302 200 200 200 200   302 405 405 405 405
/admin/enrichment/recipe/                                        302 403 200 200 200   302 403 200 200 200
/admin/enrichment/recipe/<int:pk>/archive/                       302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/<int:pk>/copy/                          302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/<int:pk>/delete/                        302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/<int:pk>/reset/                         302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/enrichment/recipe/<path:object_id>/change/                302 403 200 200 200   302 403 403 200 200
/admin/enrichment/recipe/<path:object_id>/delete/                302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/<path:object_id>/history/               302 403 200 200 200   302 403 200 200 200
/admin/enrichment/recipe/add/                                    302 403 403 200 200   302 403 403 200 200
/admin/enrichment/recipe/arrange/                                302 405 405 405 405   302 403 403 200 200
/admin/enrichment/recipe/rehearsal/<int:rehearsal_id>/           302 403 403 200 200   302 405 405 405 405
/admin/enrichment/recipe/rehearsal/<int:rehearsal_id>/apply/     302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/rehearsal/<int:rehearsal_id>/cancel/    302 405 405 405 405   302 403 403 302 302
/admin/enrichment/recipe/rehearsal/<int:rehearsal_id>/live/      302 403 403 200 200   302 405 405 405 405
/admin/enrichment/recipe/try/                                    302 405 405 405 405   302 403 403 200 200
/admin/enrichment/run/                                           302 200 200 200 200   302 200 200 200 200
/admin/enrichment/run/<int:pk>/again/                            302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<int:pk>/approve/                          302 405 405 405 405   302 403 403 302 302
/admin/enrichment/run/<int:pk>/cancel/                           302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<int:pk>/cap/                              302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<int:pk>/estimate/                         302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<int:pk>/live/                             302 200 200 200 200   302 405 405 405 405
/admin/enrichment/run/<int:pk>/pause/                            302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<int:pk>/resume/                           302 405 405 405 405   302 403 302 302 302
/admin/enrichment/run/<path:object_id>/                          302 302 302 302 302   302 302 302 302 302
/admin/enrichment/run/<path:object_id>/change/                   302 200 200 200 200   302 200 200 200 200
/admin/enrichment/run/<path:object_id>/delete/                   302 403 403 403 403   302 403 403 403 403
/admin/enrichment/run/<path:object_id>/history/                  302 200 200 200 200   302 200 200 200 200
/admin/enrichment/run/add/                                       302 403 200 200 200   302 403 200 200 200
/admin/enrichment/run/add/count/                                 302 405 405 405 405   302 403 200 200 200
/admin/enrichment/runitem/                                       302 200 200 200 200   302 200 200 200 200
/admin/enrichment/runitem/<path:object_id>/                      302 302 302 302 302   302 302 302 302 302
/admin/enrichment/runitem/<path:object_id>/change/               302 200 200 200 200   302 403 403 403 403
/admin/enrichment/runitem/<path:object_id>/delete/               302 403 403 403 403   302 403 403 403 403
/admin/enrichment/runitem/<path:object_id>/history/              302 200 200 200 200   302 200 200 200 200
/admin/enrichment/runitem/add/                                   302 403 403 403 403   302 403 403 403 403
/admin/enrichment/team/                                          302 403 403 200 200   302 403 403 200 200
/admin/enrichment/team/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/enrichment/team/<path:object_id>/change/                  302 403 403 200 200   302 403 403 403 200
/admin/enrichment/team/<path:object_id>/delete/                  302 403 403 403 200   302 403 403 403 302
/admin/enrichment/team/<path:object_id>/history/                 302 403 403 200 200   302 403 403 200 200
/admin/enrichment/team/add/                                      302 403 403 403 200   302 403 403 403 200
/admin/enrichment/upkeep/                                        302 403 200 200 200   302 403 200 200 200
/admin/enrichment/upkeep/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/enrichment/upkeep/<path:object_id>/change/                302 403 200 200 200   302 403 403 200 200
/admin/enrichment/upkeep/<path:object_id>/delete/                302 403 403 200 200   302 403 403 302 302
/admin/enrichment/upkeep/<path:object_id>/history/               302 403 200 200 200   302 403 200 200 200
/admin/enrichment/upkeep/add/                                    302 403 403 200 200   302 403 403 200 200
/admin/home/first-steps/                                         405 405 405 405 405   302 302 302 302 302
/admin/home/live/                                                403 200 200 200 200   403 200 200 200 200
/admin/integrations/account/                                     302 403 403 200 200   302 405 405 405 405
/admin/integrations/account/<int:pk>/forget/                     302 403 403 403 200   302 403 403 403 302
/admin/integrations/account/<int:pk>/resume/                     302 405 405 405 405   302 403 403 302 302
/admin/integrations/account/<int:pk>/save/<slug:section>/        302 405 405 405 405   302 403 403 302 302
/admin/integrations/account/<int:pk>/test/                       302 405 405 405 405   302 403 403 200 200
/admin/integrations/account/<path:object_id>/                    302 302 302 302 302   302 302 302 302 302
/admin/integrations/account/<path:object_id>/change/             302 403 403 200 200   302 405 405 405 405
/admin/integrations/account/<path:object_id>/delete/             302 403 403 403 403   302 403 403 403 403
/admin/integrations/account/<path:object_id>/history/            302 403 403 200 200   302 403 403 200 200
/admin/integrations/account/add/                                 302 403 403 403 403   302 403 403 403 403
/admin/integrations/apicall/                                     302 200 200 200 200   302 405 405 405 405
/admin/integrations/apicall/<path:object_id>/                    302 302 302 302 302   302 302 302 302 302
/admin/integrations/apicall/<path:object_id>/change/             302 200 200 200 200   302 405 405 405 405
/admin/integrations/apicall/<path:object_id>/delete/             302 403 403 403 403   302 403 403 403 403
/admin/integrations/apicall/<path:object_id>/history/            302 200 200 200 200   302 200 200 200 200
/admin/integrations/apicall/add/                                 302 403 403 403 403   302 403 403 403 403
/admin/integrations/budget/                                      302 403 403 200 200   302 403 403 200 200
/admin/integrations/budget/<path:object_id>/                     302 302 302 302 302   302 302 302 302 302
/admin/integrations/budget/<path:object_id>/change/              302 403 403 200 200   302 403 403 403 403
/admin/integrations/budget/<path:object_id>/delete/              302 403 403 403 403   302 403 403 403 403
/admin/integrations/budget/<path:object_id>/history/             302 403 403 200 200   302 403 403 200 200
/admin/integrations/budget/add/                                  302 403 403 403 403   302 403 403 403 403
/admin/jsi18n/                                                   302 200 200 200 200   302 405 405 405 405
/admin/login/                                                    200 302 302 302 302   200 200 200 200 200
/admin/logout/                                                   302 405 405 405 405   302 200 200 200 200
/admin/outreach/campaign/                                        302 200 200 200 200   302 200 200 200 200
/admin/outreach/campaign/<int:pk>/approve/                       302 405 405 405 405   302 403 403 302 302
/admin/outreach/campaign/<int:pk>/cap/                           302 405 405 405 405   302 403 403 302 302
/admin/outreach/campaign/<int:pk>/estimate/                      302 405 405 405 405   302 403 302 302 302
/admin/outreach/campaign/<int:pk>/live/                          302 200 200 200 200   302 405 405 405 405
/admin/outreach/campaign/<int:pk>/pause/                         302 405 405 405 405   302 403 302 302 302
/admin/outreach/campaign/<int:pk>/resume/                        302 405 405 405 405   302 403 302 302 302
/admin/outreach/campaign/<int:pk>/stop/                          302 405 405 405 405   302 403 302 302 302
/admin/outreach/campaign/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/outreach/campaign/<path:object_id>/change/                302 200 200 200 200   302 200 200 200 200
/admin/outreach/campaign/<path:object_id>/delete/                302 403 403 403 403   302 403 403 403 403
/admin/outreach/campaign/<path:object_id>/history/               302 200 200 200 200   302 200 200 200 200
/admin/outreach/campaign/add/                                    302 403 200 200 200   302 403 200 200 200
/admin/outreach/consent/                                         302 403 200 200 200   302 403 200 200 200
/admin/outreach/consent/<path:object_id>/                        302 302 302 302 302   302 302 302 302 302
/admin/outreach/consent/<path:object_id>/change/                 302 403 200 200 200   302 403 403 403 403
/admin/outreach/consent/<path:object_id>/delete/                 302 403 403 403 403   302 403 403 403 403
/admin/outreach/consent/<path:object_id>/history/                302 403 200 200 200   302 403 200 200 200
/admin/outreach/consent/add/                                     302 403 200 200 200   302 403 200 200 200
/admin/outreach/message/                                         302 200 200 200 200   302 200 200 200 200
/admin/outreach/message/<path:object_id>/                        302 302 302 302 302   302 302 302 302 302
/admin/outreach/message/<path:object_id>/change/                 302 200 200 200 200   302 403 403 403 403
/admin/outreach/message/<path:object_id>/delete/                 302 403 403 403 403   302 403 403 403 403
/admin/outreach/message/<path:object_id>/history/                302 200 200 200 200   302 200 200 200 200
/admin/outreach/message/add/                                     302 403 403 403 403   302 403 403 403 403
/admin/outreach/rules/                                           302 302 302 302 302   302 302 302 302 302
/admin/outreach/rules/<path:object_id>/                          302 302 302 302 302   302 302 302 302 302
/admin/outreach/rules/<path:object_id>/change/                   302 403 200 200 200   302 403 403 200 200
/admin/outreach/rules/<path:object_id>/delete/                   302 403 403 403 403   302 403 403 403 403
/admin/outreach/rules/<path:object_id>/history/                  302 403 200 200 200   302 403 200 200 200
/admin/outreach/rules/add/                                       302 403 403 403 403   302 403 403 403 403
/admin/outreach/template/                                        302 403 200 200 200   302 403 200 200 200
/admin/outreach/template/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/outreach/template/<path:object_id>/change/                302 403 200 200 200   302 403 200 200 200
/admin/outreach/template/<path:object_id>/delete/                302 403 403 403 403   302 403 403 403 403
/admin/outreach/template/<path:object_id>/history/               302 403 200 200 200   302 403 200 200 200
/admin/outreach/template/add/                                    302 403 200 200 200   302 403 200 200 200
/admin/password_change/                                          302 200 200 200 200   302 200 200 200 200
/admin/password_change/done/                                     302 200 200 200 200   302 405 405 405 405
/admin/queues/                                                   302 200 200 200 200   302 200 200 200 200
/admin/queues/<int:run_id>/replay/                               405 405 405 405 405   302 403 403 302 302
/admin/queues/<int:run_id>/replay/<int:item_id>/                 405 405 405 405 405   302 403 403 302 302
/admin/queues/discoveries/<int:discovery_id>/replay/             405 405 405 405 405   302 403 403 302 302
/admin/queues/discoveries/<int:discovery_id>/replay/<int:place_id>/ 405 405 405 405 405   302 403 403 302 302
/admin/queues/live/                                              403 200 200 200 200   403 200 200 200 200
/admin/r/<path:content_type_id>/<path:object_id>/                302 404 404 404 404   302 404 404 404 404
/admin/search/                                                   302 200 200 200 200   302 200 200 200 200
/admin/spend/                                                    302 403 403 200 200   302 403 403 200 200
/admin/spend/answers/                                            302 403 403 200 200   302 403 403 200 200
/admin/spend/download/                                           302 403 403 200 200   302 403 403 200 200
/admin/spend/usable/                                             302 403 403 200 200   302 403 403 200 200
/admin/webhooks/apikey/                                          302 403 403 403 200   302 403 403 403 200
/admin/webhooks/apikey/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/webhooks/apikey/<path:object_id>/change/                  302 403 403 403 200   302 403 403 403 403
/admin/webhooks/apikey/<path:object_id>/delete/                  302 403 403 403 403   302 403 403 403 403
/admin/webhooks/apikey/<path:object_id>/history/                 302 403 403 403 200   302 403 403 403 200
/admin/webhooks/apikey/add/                                      302 403 403 403 200   302 403 403 403 200
/admin/webhooks/delivery/                                        302 403 200 200 200   302 403 200 200 200
/admin/webhooks/delivery/<path:object_id>/                       302 302 302 302 302   302 302 302 302 302
/admin/webhooks/delivery/<path:object_id>/change/                302 403 200 200 200   302 403 403 403 403
/admin/webhooks/delivery/<path:object_id>/delete/                302 403 403 403 403   302 403 403 403 403
/admin/webhooks/delivery/<path:object_id>/history/               302 403 200 200 200   302 403 200 200 200
/admin/webhooks/delivery/add/                                    302 403 403 403 403   302 403 403 403 403
/admin/webhooks/delivery/replay/                                 302 403 403 200 200   302 403 403 302 302
/admin/webhooks/parcel/                                          302 403 200 200 200   302 403 200 200 200
/admin/webhooks/parcel/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/webhooks/parcel/<path:object_id>/change/                  302 403 200 200 200   302 403 403 403 403
/admin/webhooks/parcel/<path:object_id>/delete/                  302 403 403 403 403   302 403 403 403 403
/admin/webhooks/parcel/<path:object_id>/history/                 302 403 200 200 200   302 403 200 200 200
/admin/webhooks/parcel/add/                                      302 403 403 403 403   302 403 403 403 403
/admin/webhooks/parcel/replay/                                   302 403 403 200 200   302 403 403 302 302
/admin/webhooks/sender/                                          302 403 403 403 200   302 403 403 403 200
/admin/webhooks/sender/<path:object_id>/                         302 302 302 302 302   302 302 302 302 302
/admin/webhooks/sender/<path:object_id>/change/                  302 403 403 403 200   302 403 403 403 302
/admin/webhooks/sender/<path:object_id>/delete/                  302 403 403 403 403   302 403 403 403 403
/admin/webhooks/sender/<path:object_id>/history/                 302 403 403 403 200   302 403 403 403 200
/admin/webhooks/sender/add/                                      302 403 403 403 403   302 403 403 403 403
/admin/webhooks/subscription/                                    302 403 403 403 200   302 403 403 403 200
/admin/webhooks/subscription/<path:object_id>/                   302 302 302 302 302   302 302 302 302 302
/admin/webhooks/subscription/<path:object_id>/change/            302 403 403 403 200   302 403 403 403 200
/admin/webhooks/subscription/<path:object_id>/delete/            302 403 403 403 200   302 403 403 403 302
/admin/webhooks/subscription/<path:object_id>/history/           302 403 403 403 200   302 403 403 403 200
/admin/webhooks/subscription/add/                                302 403 403 403 200   302 403 403 403 200
/crm/callback                                                    302 403 403 403 302   405 405 405 405 405
/flower/                                                         302 403 403 502 502   302 403 403 403 403
/flower/<path:path>                                              302 403 403 502 502   302 403 403 403 403
/health                                                          200 200 200 200 200   200 200 200 200 200
/health/detailed                                                 401 200 200 200 200   401 200 200 200 200
/health/ready                                                    200 200 200 200 200   200 200 200 200 200
/metrics                                                         401 200 200 200 200   401 200 200 200 200
"""

# What a POST with a body writes, and the least role for which it does.
WRITES = {
    "/admin/alerts/<int:alert_id>/acknowledge/": "manager",
    "/admin/alerts/channels/<str:kind>/test/": "admin",
    "/admin/alerts/notices/<int:notice_id>/again/": "admin",
    "/admin/circuits/<str:key>/": "manager",
    "/admin/contacts/bulkaction/<int:pk>/undo/": "manager",
    "/admin/contacts/export/<path:object_id>/delete/": "manager",
    "/admin/enrichment/run/<int:pk>/cap/": "operator",
    "/admin/integrations/account/<int:pk>/forget/": "admin",
    "/admin/integrations/account/<int:pk>/test/": "manager",
    "/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/": "manager",
    "/admin/crm_sync/connection/<int:connection_id>/mapping/<crm_object:obj>/again/": "manager",
    "/admin/crm_sync/connection/<int:pk>/forget/": "admin",
    "/admin/crm_sync/connection/<int:pk>/sign-out/": "admin",
    "/admin/crm_sync/connection/<int:pk>/test/": "manager",
    "/admin/crm_sync/sync/<int:pk>/stop/": "manager",
    "/admin/webhooks/sender/<path:object_id>/change/": "admin",
    "/admin/auth/group/<path:object_id>/change/": "admin",
    "/admin/auth/group/<path:object_id>/delete/": "admin",
    "/admin/auth/group/add/": "admin",
    "/admin/contacts/contact/<contact_id:pk>/notes/": "operator",
    "/admin/contacts/contact/<contact_id:pk>/tags/<contact_id:tag_id>/remove/": "operator",
    "/admin/contacts/import/<int:pk>/start/": "manager",
    "/admin/contacts/import/<int:pk>/undo/": "manager",
    "/admin/contacts/import/<path:object_id>/delete/": "manager",
    "/admin/contacts/suppressionlist/<path:object_id>/delete/": "manager",
    "/admin/contacts/import/add/": "operator",
    "/admin/crm_sync/referral/<int:pk>/accept/": "manager",
    "/admin/crm_sync/referral/<int:pk>/decline/": "manager",
    "/admin/crm_sync/referral/<int:pk>/lead/": "operator",
    "/admin/crm_sync/referral/<int:pk>/unlink/": "operator",
    "/admin/django_celery_beat/periodictask/<path:object_id>/delete/": "admin",
    "/admin/webhooks/subscription/<path:object_id>/delete/": "admin",
    "/admin/enrichment/leadscore/<int:pk>/rescan/": "operator",
    "/admin/enrichment/recipe/<int:pk>/archive/": "manager",
    "/admin/enrichment/recipe/<int:pk>/copy/": "manager",
    "/admin/enrichment/recipe/rehearsal/<int:rehearsal_id>/cancel/": "manager",
    "/admin/enrichment/upkeep/<path:object_id>/delete/": "manager",
    "/admin/enrichment/discovery/<int:pk>/cancel/": "operator",
    "/admin/enrichment/discovery/<int:pk>/cap/": "operator",
    "/admin/enrichment/discovery/<int:pk>/estimate/": "operator",
    "/admin/enrichment/run/<int:pk>/cancel/": "operator",
    "/admin/enrichment/run/<int:pk>/estimate/": "operator",
    "/admin/enrichment/team/<path:object_id>/delete/": "admin",
    "/admin/home/first-steps/": "viewer",
    "/admin/outreach/campaign/<int:pk>/cap/": "manager",
    "/admin/outreach/campaign/<int:pk>/estimate/": "operator",
    "/admin/outreach/campaign/<int:pk>/stop/": "operator",
}

_ROWS = [line.rsplit(maxsplit=10) for line in TABLE.strip().splitlines()]
GET = {address: tuple(map(int, answers[:5])) for address, *answers in _ROWS}
POST = {address: tuple(map(int, answers[5:])) for address, *answers in _ROWS}
