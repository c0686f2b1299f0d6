#pragma once
#include <curl/curl.h>

// libcurl's variadic functions, one form per class of argument: Swift imports no variadics.
static inline CURLcode operon_curl_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode operon_curl_set_offset(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode operon_curl_set_pointer(CURL *h, CURLoption o, const void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode operon_curl_set_string(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
typedef size_t (*operon_curl_data_callback)(char *, size_t, size_t, void *);
static inline CURLcode operon_curl_set_data_callback(CURL *h, CURLoption o, operon_curl_data_callback f) { return curl_easy_setopt(h, o, f); }
typedef int (*operon_curl_prereq_callback)(void *, char *, char *, int, int);
static inline CURLcode operon_curl_set_prereq_callback(CURL *h, operon_curl_prereq_callback f) { return curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, f); }
static inline CURLcode operon_curl_get_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode operon_curl_get_offset(CURL *h, CURLINFO i, curl_off_t *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode operon_curl_get_pointer(CURL *h, CURLINFO i, void **v) { return curl_easy_getinfo(h, i, v); }
static inline CURLMcode operon_curl_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLcode operon_curl_message_result(const CURLMsg *m) { return m->data.result; }
// A macro for an enumerator, which Swift does not import.
static inline const curl_version_info_data *operon_curl_version_info(void) { return curl_version_info(CURLVERSION_NOW); }
